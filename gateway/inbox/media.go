package inbox

import (
	"context"
	"io"

	"ringback/gateway/media"
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

// RetryMedia asks the provider once more for a file that it did not give.
func (d Desk) RetryMedia(ctx context.Context, who staff.Principal, team, id string) (media.Media, error) {
	return d.Media.Retry(ctx, who.CompanyID, team, id)
}

// Upload stores a file of a team, as it comes.
func (d Desk) Upload(ctx context.Context, who staff.Principal, team, name string, content io.Reader) (media.Media, error) {
	return d.Media.Store(ctx, media.Upload{CompanyID: who.CompanyID, TeamID: team, Name: name, Who: who.Who}, content)
}
