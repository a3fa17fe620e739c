package text

import "strings"

// nearest is the known placeholder that a mistyped name most likely means, or
// empty when none is near.
func nearest(name string) string {
	name = strings.ToLower(strings.Join(strings.FieldsFunc(name, func(r rune) bool { return strings.ContainsRune(" -_.", r) }), "_"))
	best, fewest := "", 4 // more than 3 letters wrong is another word
	for _, candidate := range known {
		if edits := distance(name, candidate); edits < min(fewest, len(candidate)/2+1) {
			best, fewest = candidate, edits
		}
	}
	return best
}

// distance is the number of letters to add, remove or replace to turn a into b.
func distance(a, b string) int {
	from, to := []rune(a), []rune(b)
	if len(from) > 2*maxValue { // nobody meant a placeholder, and it would take long
		return len(from)
	}
	row := make([]int, len(to)+1)
	for j := range row {
		row[j] = j
	}
	for i := range from {
		diagonal := row[0]
		row[0] = i + 1
		for j := range to {
			replace := diagonal
			if from[i] != to[j] {
				replace++
			}
			diagonal = row[j+1]
			row[j+1] = min(replace, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(to)]
}
