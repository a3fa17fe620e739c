package app

import (
	"cmp"
	"context"
	"fmt"
	"net/url"
	"path/filepath"
	"time"

	"ringback/channels"
	"ringback/gateway"
	"ringback/gateway/media"
	"ringback/gateway/media/blob"
	"ringback/settings"
)

// archive opens where media are kept. Without MEDIA_URL that is a folder beside
// the other data.
func (a *App) archive(ctx context.Context, accounts settings.Accounts, providers []channels.Channel) (*media.Archive, error) {
	blobs, err := OpenBlobs(ctx, a.Config)
	if err != nil {
		return nil, err
	}
	if disk, is := blobs.(*blob.Disk); is {
		a.room = disk.Room
	}
	key, err := linkKey(ctx, a.DB, accounts.Vault, "media")
	if err != nil {
		return nil, err
	}
	return media.New(media.Config{
		DB: a.DB.Work, Blobs: blobs, Clock: a.Clock, Channels: providers, Accounts: accounts,
		PublicURL: a.PublicURL, Key: key, Log: a.Log, Rounds: &a.rounds, Transcribed: a.Config.SpeechURL != "",
		Changed: func(company, team, id string) {
			a.changed(gateway.Change{Kind: "media", CompanyID: company, TeamID: team, ID: id})
		},
	}), nil
}

// linkKey signs links: made of the secret key, or else one that is kept in the
// database.
func linkKey(ctx context.Context, d *Database, vault *settings.Vault, purpose string) ([]byte, error) {
	if vault.Key != nil {
		return vault.Key.Derive(purpose + " links")
	}
	return media.Key(ctx, d.DB, purpose)
}

// OpenBlobs opens the store of files that a server with this configuration uses.
func OpenBlobs(ctx context.Context, c Config) (blob.Store, error) {
	address := c.MediaURL
	if address == "" {
		folder, err := filepath.Abs(filepath.Join(cmp.Or(c.DataDir, "data"), "media"))
		if err != nil {
			return nil, fmt.Errorf("RINGBACK_DATA_DIR: %w", err)
		}
		address = (&url.URL{Scheme: "file", Path: folder}).String()
	}
	blobs, err := blob.Open(address)
	if bucket, ok := blobs.(*blob.S3); ok && err == nil {
		asking, cancel := context.WithTimeout(ctx, 10*time.Second)
		defer cancel()
		err = bucket.Ready(asking)
	}
	if err != nil {
		return nil, fmt.Errorf("MEDIA_URL: %w", err)
	}
	return blobs, nil
}
