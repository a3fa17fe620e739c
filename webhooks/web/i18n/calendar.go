package i18n

import (
	"fmt"
	"strings"
	"time"
)

// calendar is how a language writes days. Months stand in the form that
// follows a day's number.
type calendar struct {
	today, yesterday, tomorrow string
	date                       string // {day} {month} {year}
	months, weekdays           string // separated by spaces; weekdays from Sunday
	short                      string // the weekdays where there is little room
	alone                      string // {month} {year}
	aloneMonths                string // empty: as months
	begins                     time.Weekday
}

var calendars = map[string]calendar{
	"en": {
		"today {time}", "yesterday {time}", "tomorrow {time}", "{day} {month} {year}",
		"January February March April May June July August September October November December",
		"Sunday Monday Tuesday Wednesday Thursday Friday Saturday",
		"Sun Mon Tue Wed Thu Fri Sat", "{month} {year}",
		"", time.Sunday,
	},
	"pl": {
		"dziś {time}", "wczoraj {time}", "jutro {time}", "{day} {month} {year}",
		"stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października listopada grudnia",
		"niedziela poniedziałek wtorek środa czwartek piątek sobota",
		"niedz. pon. wt. śr. czw. pt. sob.", "{month} {year}",
		"styczeń luty marzec kwiecień maj czerwiec lipiec sierpień wrzesień październik listopad grudzień", time.Monday,
	},
	"de": {
		"heute {time}", "gestern {time}", "morgen {time}", "{day}. {month} {year}",
		"Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
		"Sonntag Montag Dienstag Mittwoch Donnerstag Freitag Samstag",
		"So Mo Di Mi Do Fr Sa", "{month} {year}",
		"", time.Monday,
	},
	"fr": {
		"aujourd’hui {time}", "hier {time}", "demain {time}", "{day} {month} {year}",
		"janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
		"dimanche lundi mardi mercredi jeudi vendredi samedi",
		"dim. lun. mar. mer. jeu. ven. sam.", "{month} {year}",
		"", time.Monday,
	},
	"es": {
		"hoy {time}", "ayer {time}", "mañana {time}", "{day} de {month} de {year}",
		"enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
		"domingo lunes martes miércoles jueves viernes sábado",
		"dom. lun. mar. mié. jue. vie. sáb.", "{month} de {year}",
		"", time.Monday,
	},
	"it": {
		"oggi {time}", "ieri {time}", "domani {time}", "{day} {month} {year}",
		"gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
		"domenica lunedì martedì mercoledì giovedì venerdì sabato",
		"dom lun mar mer gio ven sab", "{month} {year}",
		"", time.Monday,
	},
	"pt-BR": {
		"hoje {time}", "ontem {time}", "amanhã {time}", "{day} de {month} de {year}",
		"janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
		"domingo segunda-feira terça-feira quarta-feira quinta-feira sexta-feira sábado",
		"dom. seg. ter. qua. qui. sex. sáb.", "{month} de {year}",
		"", time.Sunday,
	},
}

// Moment is a time as one says it: "today 14:02", "3 March 09:15", with the
// year when it is not this one. Both times are in the zone to speak of.
func (c calendar) Moment(at, now time.Time) string {
	clock := at.Format("15:04")
	for pattern, day := range map[string]time.Time{
		c.today: now, c.yesterday: now.AddDate(0, 0, -1), c.tomorrow: now.AddDate(0, 0, 1),
	} {
		if sameDay(at, day) {
			return strings.Replace(pattern, "{time}", clock, 1)
		}
	}
	return c.Date(at, now) + " " + clock
}

// Date is a day, with its year when it is not this one.
func (c calendar) Date(at, now time.Time) string {
	date := c.date
	if at.Year() == now.Year() {
		date, _, _ = strings.Cut(date, "{month}")
		date += "{month}"
	}
	return c.write(date, at)
}

// Full is a time in full, with its zone.
func (c calendar) Full(at time.Time) string {
	return fmt.Sprintf("%s, %s %s", c.Weekday(at), c.write(c.date, at), at.Format("15:04:05 MST"))
}

// Weekday is the day's name.
func (c calendar) Weekday(at time.Time) string { return strings.Fields(c.weekdays)[at.Weekday()] }

// Month is the name of the month, in the form that follows a day's number.
func (c calendar) Month(at time.Time) string { return strings.Fields(c.months)[at.Month()-1] }

// MonthOf is a month and its year, as they stand alone.
func (c calendar) MonthOf(at time.Time) string {
	if c.aloneMonths == "" {
		return c.write(c.alone, at)
	}
	name := strings.Fields(c.aloneMonths)[at.Month()-1]
	return strings.NewReplacer("{month}", name, "{year}", fmt.Sprint(at.Year())).Replace(c.alone)
}

// ShortWeekday is the day's name where there is little room.
func (c calendar) ShortWeekday(at time.Time) string { return strings.Fields(c.short)[at.Weekday()] }

// WeekOf is the first day of the week that a day is in.
func (c calendar) WeekOf(day time.Time) time.Time {
	return day.AddDate(0, 0, -int((7+day.Weekday()-c.begins)%7))
}

// Weekdays is a week of days, from the one that weeks begin with.
func (c calendar) Weekdays() []time.Time {
	first := c.WeekOf(time.Date(2026, 1, 4, 0, 0, 0, 0, time.UTC))
	days := make([]time.Time, 7)
	for n := range days {
		days[n] = first.AddDate(0, 0, n)
	}
	return days
}

func (c calendar) write(date string, at time.Time) string {
	return strings.NewReplacer("{day}", fmt.Sprint(at.Day()), "{month}", c.Month(at), "{year}", fmt.Sprint(at.Year())).Replace(date)
}

func sameDay(a, b time.Time) bool {
	y, m, d := a.Date()
	v, n, e := b.Date()
	return y == v && m == n && d == e
}
