package app

import (
	"context"
	"errors"
	"fmt"
	"io"

	"ringback/settings"
)

// Welcome prints the address where somebody becomes the first admin, as long as
// there is none who can sign in. It is printed and not logged: logs travel.
func (a *App) Welcome(ctx context.Context, out io.Writer) error {
	link, err := a.Gate.Welcome(ctx, a.Company.ID)
	if errors.Is(err, settings.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, `
  Nobody can sign in yet. Become the first admin here, within 24 hours and once:

    %s

`, link.URL)
	return err
}
