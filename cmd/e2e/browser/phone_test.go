package browser

import "testing"

func TestPhonePage(t *testing.T) {
	t.Parallel()
	d := Demo(t)
	Run(t, "phone_text.mjs", map[string]string{"URL": d.URL()})
}
