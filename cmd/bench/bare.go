package main

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"ringback/cmd/app"
)

// The bare table has the columns of events, its primary key and the key by
// which a repeat is known; only the queue's own indexes are missing.
const (
	makeBare = `
create table if not exists bare (like events including defaults including identity,
    primary key (company_id, id), unique (company_id, sender_id, provider_id))`
	insertBare = `
insert into bare (company_id, id, team_id, sender_id, kind, provider_id, occurred_at, due_at, payload, raw)
values ($1, $2, $3, $4, 'message', $5, now(), now(), $6, $7)`
)

// barePayload is as long as what is stored of a text.
const barePayload = `{"kind":"message","provider_id":"SM00000000000000000000000000000000","account":"AC00000000000000000000000000000001",` +
	`"sender":"sms","ours":"+13125550100","theirs":"+13125550142","at":"2026-06-01T12:00:00Z","message":{"text":"Are you open on Saturday? ` +
	`The pump is leaking again.","facts":{"NumSegments":"1","FromCity":"CHICAGO","FromState":"IL","FromZip":"60601","FromCountry":"US"}}}`

// bare inserts one row and commits it, again and again, on n connections.
func (p *place) bare(ctx context.Context, n int, how plan) (float64, error) {
	pool, err := app.Connect(p.dsn)
	if err != nil {
		return 0, err
	}
	defer pool.Close()
	pool.SetMaxOpenConns(n + 1)
	if _, err := pool.ExecContext(ctx, makeBare); err != nil {
		return 0, fmt.Errorf("the bare table: %w", err)
	}
	if _, err := pool.ExecContext(ctx, `truncate bare`); err != nil {
		return 0, fmt.Errorf("the bare table: %w", err)
	}
	raw := make([]byte, 560)
	return perSecond(n, how.turn, func(int) (func() (bool, error), error) {
		conn, err := pool.Conn(ctx)
		if err != nil {
			return nil, fmt.Errorf("a connection: %w", err)
		}
		insert, err := conn.PrepareContext(ctx, insertBare) //nolint:sqlclosecheck // goes with the pool
		if err != nil {
			return nil, fmt.Errorf("prepare the bare insert: %w", err)
		}
		return func() (bool, error) {
			if _, err := insert.ExecContext(ctx, p.company, uuid.Must(uuid.NewV7()).String(), p.team.ID, p.sender.ID,
				sid(), barePayload, raw); err != nil {
				return false, fmt.Errorf("the bare insert: %w", err)
			}
			return true, nil
		}, nil
	})
}
