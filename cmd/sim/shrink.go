package main

import "context"

// enough is how many games a shrinking may take.
const enough = 400

// Shrink leaves steps out of a script that breaks a property, as long as the
// same property still breaks without them: half of them at first, then ever
// smaller pieces, down to single steps and their trouble.
func (t *table) Shrink(ctx context.Context, script []Step, broke *Broken) ([]Step, *Broken, error) {
	games := 0
	still := func(fewer []Step) (bool, error) {
		games++
		outcome, err := t.Play(ctx, fewer)
		if err != nil || outcome.Broke == nil || outcome.Broke.Property != broke.Property {
			return false, err
		}
		broke = outcome.Broke
		return true, nil
	}
	script = script[:min(broke.Step, len(script))]
	for size := max(len(script)/2, 1); games < enough; {
		smaller := false
		for from := 0; from < len(script) && games < enough; {
			fewer := append(append([]Step{}, script[:from]...), script[min(from+size, len(script)):]...)
			yes, err := still(fewer)
			if err != nil {
				return script, broke, err
			}
			if yes {
				script, smaller = fewer, true
			} else {
				from += size
			}
		}
		if size == 1 && !smaller {
			break
		}
		if size > 1 {
			size /= 2
		}
	}
	for n := range script { // trouble that is not needed only distracts
		if script[n].Trouble == nil || games >= enough {
			continue
		}
		quieter := append([]Step{}, script...)
		quieter[n].Trouble = nil
		if yes, err := still(quieter); err != nil {
			return script, broke, err
		} else if yes {
			script = quieter
		}
	}
	return script, broke, nil
}
