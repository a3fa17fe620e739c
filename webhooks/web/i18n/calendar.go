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
}

var calendars = map[string]calendar{
	"en": {
		"today {time}", "yesterday {time}", "tomorrow {time}", "{day} {month} {year}",
		"January February March April May June July August September October November December",
		"Sunday Monday Tuesday Wednesday Thursday Friday Saturday",
	},
	"pl": {
		"dziś {time}", "wczoraj {time}", "jutro {time}", "{day} {month} {year}",
		"stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października listopada grudnia",
		"niedziela poniedziałek wtorek środa czwartek piątek sobota",
	},
	"de": {
		"heute {time}", "gestern {time}", "morgen {time}", "{day}. {month} {year}",
		"Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
		"Sonntag Montag Dienstag Mittwoch Donnerstag Freitag Samstag",
	},
	"fr": {
		"aujourd’hui {time}", "hier {time}", "demain {time}", "{day} {month} {year}",
		"janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
		"dimanche lundi mardi mercredi jeudi vendredi samedi",
	},
	"es": {
		"hoy {time}", "ayer {time}", "mañana {time}", "{day} de {month} de {year}",
		"enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
		"domingo lunes martes miércoles jueves viernes sábado",
	},
	"it": {
		"oggi {time}", "ieri {time}", "domani {time}", "{day} {month} {year}",
		"gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
		"domenica lunedì martedì mercoledì giovedì venerdì sabato",
	},
	"pt-BR": {
		"hoje {time}", "ontem {time}", "amanhã {time}", "{day} de {month} de {year}",
		"janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
		"domingo segunda-feira terça-feira quarta-feira quinta-feira sexta-feira sábado",
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

func (c calendar) write(date string, at time.Time) string {
	return strings.NewReplacer("{day}", fmt.Sprint(at.Day()), "{month}", c.Month(at), "{year}", fmt.Sprint(at.Year())).Replace(date)
}

func sameDay(a, b time.Time) bool {
	y, m, d := a.Date()
	v, n, e := b.Date()
	return y == v && m == n && d == e
}
