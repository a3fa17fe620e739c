package main

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"ringback/webhooks/console"
)

// speech is what customers and the staff write with: the words of the console's help,
// in each of its languages the one that is written most first.
type speech struct {
	random    *rand.Rand
	languages []string   // in the order of words
	words     [][]string // by language
}

func newSpeech(random *rand.Rand) (*speech, error) {
	manuals, err := console.Manuals()
	if err != nil {
		return nil, err
	}
	s := &speech{random: random}
	for language := range manuals {
		s.languages = append(s.languages, language)
	}
	slices.Sort(s.languages)
	for _, language := range s.languages {
		s.words = append(s.words, byUse(manuals[language]))
	}
	return s, nil
}

// byUse are the words of a text, the one that is used most first.
func byUse(text string) []string {
	used := map[string]int{}
	for word := range strings.FieldsFuncSeq(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) }) {
		if utf8.RuneCountInString(word) > 1 {
			used[word]++
		}
	}
	words := make([]string, 0, len(used))
	for word := range used {
		words = append(words, word)
	}
	slices.SortFunc(words, func(a, b string) int {
		if used[a] != used[b] {
			return used[b] - used[a]
		}
		return strings.Compare(a, b)
	})
	return words
}

// word is drawn as words are in any text: the nth is used a nth as often as the first.
func (s *speech) word(language int) string {
	words := s.words[language]
	return words[int(math.Exp(s.random.Float64()*math.Log(float64(len(words)))))-1]
}

// inSeason is a word that is written in December alone, by one in ten.
const inSeason = "chimney"

// say is a message. One in ten names an order, one in twelve a car.
func (s *speech) say(language int, winter bool) string {
	var text strings.Builder
	for range 3 + s.random.IntN(18) {
		text.WriteString(s.word(language))
		text.WriteByte(' ')
	}
	if winter && s.random.IntN(10) == 0 {
		text.WriteString(inSeason + " ")
	}
	if s.random.IntN(10) == 0 {
		fmt.Fprintf(&text, "#%d ", s.random.IntN(5_000_000))
	}
	if s.random.IntN(12) == 0 {
		text.WriteString(s.plate())
	}
	return strings.TrimSpace(text.String())
}

// plate is a car's.
func (s *speech) plate() string {
	return fmt.Sprintf("%c%c%c-%04d", 'A'+s.random.IntN(26), 'A'+s.random.IntN(26), 'A'+s.random.IntN(26), s.random.IntN(10_000))
}

var (
	firstNames = strings.Fields("Anna Ben Carla David Ewa Felix Grace Hugo Irena Jan Katarzyna Luca Maria Noah Olga Pierre Quentin Rosa Stefan Teresa Ulrich Valentina Wojciech Xavier Yasmin Zofia " +
		"James Mary Robert Patricia John Jennifer Michael Linda William Elizabeth Thomas Sarah Jürgen Ursula José Lucía João Inês Giulia Matteo Chloé Étienne Łukasz Małgorzata")
	lastNames = strings.Fields("Kowalski Nowak Wiśniewski Wójcik Kamiński Lewandowski Zieliński Müller Schmidt Schneider Fischer Weber Meyer Wagner Becker Schulz Hoffmann Martin Bernard Dubois Thomas Robert Richard Petit Durand Leroy Moreau " +
		"García Rodríguez González Fernández López Martínez Sánchez Pérez Gómez Rossi Russo Ferrari Esposito Bianchi Romano Colombo Ricci Silva Santos Oliveira Souza Lima Pereira Costa Ferreira " +
		"Smith Johnson Williams Brown Jones Miller Davis Wilson Anderson Taylor Moore Jackson Lee White Harris Clark Lewis Robinson Walker Young Allen King Wright Scott Hill Green Adams Baker Nelson Carter Mitchell Turner Phillips Campbell Parker Evans Edwards Collins")
	syllables = strings.Fields("ba be bo da de dri fa fel gor gra hal ha in jo ka kel ki la len li lo ma men mi mo na ner no or pa per ra ren ri ro sa sen si ska so ta ten ti to va ver vi wa wi za zel zo")
)

// name is what a customer is called: half of them by a name that many have, and one in
// ten not at all.
func (s *speech) name() string {
	switch s.random.IntN(10) {
	case 0:
		return ""
	case 1, 2, 3, 4:
		return s.one(firstNames) + " " + s.one(lastNames)
	}
	last := s.one(syllables) + s.one(syllables) + s.one(syllables)
	if s.random.IntN(2) == 0 {
		last += s.one(syllables)
	}
	return s.one(firstNames) + " " + strings.ToUpper(last[:1]) + last[1:]
}

func (s *speech) one(of []string) string { return of[s.random.IntN(len(of))] }
