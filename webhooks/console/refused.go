package console

// noteRefused has the audit tell that whoever asks lacked the right to a page or a form,
// if that is what is wrong.
func (v *View) noteRefused(operation string, err error) {
	if err := v.console.Gate.NoteRefused(v.ctx(), v.Who, operation, err); err != nil {
		v.console.Log.Error("what was refused is not in the audit", "path", v.pattern(), "error", err)
	}
}
