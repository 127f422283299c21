package reports

import "slices"

// suggest is "; did you mean …?" with the word among some that is nearest to another one, if any is near enough. Words
// that are known to be right are none of them.
func suggest(word string, among []string, known ...string) string {
	best, least := "", (min(len(word), 60)+2)/3
	for _, candidate := range among {
		if slices.Contains(known, candidate) || len(candidate) > 60 {
			continue
		}
		if n := distance(clip(word), candidate); n <= least && (best == "" || n < least) {
			best, least = candidate, n
		}
	}
	if best == "" {
		return ""
	}
	return "; did you mean " + best + "?"
}

// distance is the number of letters to change, add or leave out to make one word of another.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := diagonal
			if a[i] != b[j] {
				change++
			}
			diagonal = row[j+1]
			row[j+1] = min(change, row[j]+1, diagonal+1)
		}
	}
	return row[len(b)]
}

// clip keeps an error message short.
func clip(s string) string {
	if len(s) > 60 {
		return s[:60] + "…"
	}
	return s
}
