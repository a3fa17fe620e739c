package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"time"
)

var client = &http.Client{Timeout: 900 * time.Millisecond, Transport: &http.Transport{DisableKeepAlives: true}}

func answers(ctx context.Context, address string) (int, []byte) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, http.NoBody)
	if err != nil {
		return 0, nil
	}
	answer, err := client.Do(r)
	if err != nil {
		return 0, nil
	}
	defer answer.Body.Close()
	body, _ := io.ReadAll(answer.Body)
	return answer.StatusCode, body
}

// primary is the machine whose Patroni has the lock, nil when nobody says so.
func (b *bed) primary(ctx context.Context) *machine {
	found := make(chan *machine, len(b.machines))
	for _, m := range b.machines {
		go func() {
			if status, _ := answers(ctx, "http://"+m.address+":8008/primary"); status == http.StatusOK {
				found <- m
				return
			}
			found <- nil
		}()
	}
	var is *machine
	for range b.machines {
		if m := <-found; m != nil {
			is = m
		}
	}
	return is
}

// member is one of the cluster's as Patroni sees it.
type member struct {
	Name, Role, State string
	Timeline          int
}

// members are as the first Patroni that answers says.
func (b *bed) members(ctx context.Context) []member {
	for _, m := range b.machines {
		if status, body := answers(ctx, "http://"+m.address+":8008/cluster"); status == http.StatusOK {
			var cluster struct{ Members []member }
			if json.Unmarshal(body, &cluster) == nil {
				return cluster.Members
			}
		}
	}
	return nil
}

// healthy is one leader, and two that follow, one of them synchronously.
func (b *bed) healthy(ctx context.Context) bool {
	leaders, sync, following := 0, 0, 0
	for _, m := range b.members(ctx) {
		switch {
		case m.State != "running" && m.State != "streaming":
		case m.Role == "leader" || m.Role == "master":
			leaders++
		case m.Role == "sync_standby":
			sync++
		default:
			following++
		}
	}
	return leaders == 1 && sync == 1 && following == len(b.machines)-2
}

func (b *bed) untilHealthy(ctx context.Context, patience time.Duration) error {
	if err := until(ctx, patience, "the cluster is whole", b.healthy); err != nil {
		return fmt.Errorf("%w; members: %+v", err, b.members(context.WithoutCancel(ctx)))
	}
	return nil
}

// untilServing waits for gateways that would take a request.
func (b *bed) untilServing(ctx context.Context, patience time.Duration, all ...*machine) error {
	return until(ctx, patience, "the gateways are ready", func(ctx context.Context) bool {
		for _, m := range all {
			if status, _ := answers(ctx, "http://"+m.address+":8080/readyz"); status != http.StatusOK {
				return false
			}
		}
		return true
	})
}

// standby is the machine of the synchronous standby, or with sync false of the other.
func (b *bed) standby(ctx context.Context, sync bool) *machine {
	for _, one := range b.members(ctx) {
		if one.Role == "leader" || (one.Role == "sync_standby") != sync {
			continue
		}
		for _, m := range b.machines {
			if m.name == one.Name {
				return m
			}
		}
	}
	return nil
}

// ask posts to a machine's Patroni, which answers when it is done.
func (m *machine) ask(ctx context.Context, path string, body any) error {
	text, err := json.Marshal(body)
	if err != nil {
		return err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+m.address+":8008/"+path, bytes.NewReader(text))
	if err != nil {
		return err
	}
	r.Header.Set("Content-Type", "application/json")
	answer, err := (&http.Client{Timeout: time.Minute}).Do(r)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if answer.StatusCode >= http.StatusMultipleChoices {
		words, _ := io.ReadAll(answer.Body)
		return fmt.Errorf("%s: %d %s", path, answer.StatusCode, words)
	}
	return nil
}
