package inbox

import (
	"context"
	"errors"
	"io"

	"ringback/gateway/media"
	"ringback/settings"
	"ringback/settings/staff"
)

// OpenMedia is a file of a team and its content, or that of its thumbnail,
// which the caller closes.
func (d Desk) OpenMedia(ctx context.Context, who staff.Principal, team, id string, small bool) (media.Media, io.ReadSeekCloser, error) {
	m, err := media.Find(ctx, d.DB, who.CompanyID, team, id)
	if err != nil {
		return m, nil, err
	}
	content, err := d.Media.Open(ctx, who.CompanyID, m, small)
	return m, content, err
}

// VoiceNote is a sound of a team's in the wrapping that every Safari plays, or
// settings.ErrNotFound where it is none that can be wrapped so.
func (d Desk) VoiceNote(ctx context.Context, who staff.Principal, team, id string) (media.Media, io.ReadSeekCloser, error) {
	m, stored, err := d.OpenMedia(ctx, who, team, id, false)
	if err != nil {
		return m, nil, err
	}
	defer stored.Close()
	content, err := media.CAF(stored)
	if errors.Is(err, media.ErrNoOpus) {
		err = settings.ErrNotFound
	}
	if err != nil {
		return m, nil, err
	}
	m.ContentType, m.Name = "audio/x-caf", "voice note.caf"
	return m, unclosed{content}, nil
}

// unclosed is content in memory, of which nothing is left open.
type unclosed struct{ io.ReadSeeker }

func (unclosed) Close() error { return nil }

// RetryMedia asks the provider once more for a file that it did not give.
func (d Desk) RetryMedia(ctx context.Context, who staff.Principal, team, id string) (media.Media, error) {
	return d.Media.Retry(ctx, who.CompanyID, team, id)
}

// Upload stores a file of a team, as it comes.
func (d Desk) Upload(ctx context.Context, who staff.Principal, team, name string, content io.Reader) (media.Media, error) {
	return d.Media.Store(ctx, media.Upload{CompanyID: who.CompanyID, TeamID: team, Name: name, Who: who.Who}, content)
}
