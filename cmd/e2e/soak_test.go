package e2e

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"ringback/channels"
	"ringback/channels/clock/clocktest"
	"ringback/cmd/app"
	"ringback/settings"
)

// What each visitor of the soak writes, and is written by an advisor.
const (
	theirWords = 6
	ourWords   = 14
)

// soak is a team's chat on two replicas, and everything that cuts lines.
type soak struct {
	*world
	replicas [2]atomic.Pointer[string] // where they answer; one is replaced in the middle
	client   *http.Client
	heard    atomic.Int64
}

// TestChatSoak: visitors write and are written to over two replicas, while
// their streams and their requests are cut off at random and one replica goes
// down and another comes up. Each message comes once, and in order. The number
// of visitors is RINGBACK_SOAK; 500 make 10,000 messages.
func TestChatSoak(t *testing.T) {
	t.Parallel()
	visitors := 20
	if asked, err := strconv.Atoi(os.Getenv("RINGBACK_SOAK")); err == nil {
		visitors = asked
	}
	shared := clocktest.RunningFrom(monday)
	s := &soak{
		world:  newWorld(t, func(c *app.Config) { c.Clock, c.TrustedProxies = shared, []string{"127.0.0.1"} }),
		client: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64, DisableCompression: true}},
	}
	t.Cleanup(s.client.CloseIdleConnections)
	s.edit(func(e *settings.Edit) error {
		_, err := e.AddSender(t.Context(), settings.Sender{Kind: channels.WebChat, Address: siteKey, Settings: settings.SenderSettings{Origins: []string{site}}})
		return err
	})
	second, stop := s.start()
	first, other := s.URL(), second.URL()
	s.replicas[0].Store(&first)
	s.replicas[1].Store(&other)

	all, ctx := errgroup.WithContext(t.Context())
	for n := range visitors {
		all.Go(func() error { return s.visit(ctx, n) })
	}
	all.Go(func() error { // in the middle of it a replica goes, and a new one comes
		for s.heard.Load() < int64(visitors*(theirWords+ourWords)/2) {
			select {
			case <-ctx.Done():
				return nil
			case <-time.After(5 * time.Millisecond):
			}
		}
		stop()
		third := s.replica().URL()
		s.replicas[1].Store(&third)
		return nil
	})
	require.NoError(t, all.Wait())
	finish(t, s.DB.DB)
	var kept int
	require.NoError(t, s.DB.Get(&kept, `select count(*) from messages`))
	require.Equal(t, visitors*(theirWords+ourWords+1), kept)
}

// soaked is one visitor: what was heard so far, by author, and the place of the last.
type soaked struct {
	*soak
	token, address string
	mu             sync.Mutex
	place          int64
	said           map[string][]string
	news           chan struct{} // something was heard
}

// visit plays one visitor and the advisor who answers them, to the end.
func (s *soak) visit(ctx context.Context, n int) error {
	v := &soaked{soak: s, address: fmt.Sprintf("10.1.%d.%d", n/250, n%250+1), said: map[string][]string{}, news: make(chan struct{}, 1)}
	luck := rand.New(rand.NewPCG(uint64(n), 1)) //nolint:gosec // the same luck each time
	var me struct{ Token, Visitor string }
	if err := v.post(ctx, luck, "/chat/v1/"+siteKey+"/visitors", map[string]any{}, &me); err != nil {
		return err
	}
	v.token = me.Token
	listening := make(chan error, 1)
	go func() { listening <- v.listen(ctx, rand.New(rand.NewPCG(uint64(n), 2))) }() //nolint:gosec // likewise
	var wrote, answered []string
	write := func() error {
		text := fmt.Sprintf("visitor %d says %d", n, len(wrote))
		wrote = append(wrote, text)
		return v.post(ctx, luck, "/chat/v1/"+siteKey+"/messages", map[string]string{"id": fmt.Sprintf("soak-%d-%d", n, len(wrote)), "text": text}, nil)
	}
	if err := write(); err != nil {
		return err
	}
	if err := v.until(ctx, listening, func() bool { return len(v.said["customer"]) == 1 }); err != nil {
		return err
	}
	var ticket string
	if err := s.DB.GetContext(ctx, &ticket, `select t.id from tickets t join addresses a using (company_id, contact_id) where a.address = $1`, me.Visitor); err != nil {
		return err
	}
	for len(wrote) < theirWords || len(answered) < ourWords {
		if len(answered) == ourWords || len(wrote) < theirWords && luck.IntN(3) == 0 {
			if err := write(); err != nil {
				return err
			}
			continue
		}
		text := fmt.Sprintf("advisor tells visitor %d: %d", n, len(answered))
		answered = append(answered, text)
		if err := v.post(ctx, luck, "/api/v1/teams/"+s.team.ID+"/tickets/"+ticket+"/messages", map[string]string{"text": text}, nil); err != nil {
			return err
		}
	}
	if err := v.until(ctx, listening, func() bool {
		return len(v.said["customer"]) == theirWords && len(v.said["advisor"]) == ourWords && len(v.said["automation"]) == 1
	}); err != nil {
		return err
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	if fmt.Sprint(v.said["customer"]) != fmt.Sprint(wrote) || fmt.Sprint(v.said["advisor"]) != fmt.Sprint(answered) {
		return fmt.Errorf("visitor %d heard %v", n, v.said)
	}
	return nil
}

// until waits for what is to be heard; whatever is heard too much never fits.
func (v *soaked) until(ctx context.Context, listening <-chan error, there func() bool) error {
	for {
		v.mu.Lock()
		done := there()
		v.mu.Unlock()
		if done {
			return nil
		}
		select {
		case <-v.news:
		case err := <-listening:
			return err
		case <-ctx.Done():
			v.mu.Lock()
			defer v.mu.Unlock()
			return fmt.Errorf("%w; %s heard %v", ctx.Err(), v.address, v.said)
		}
	}
}

// listen reads the stream on any replica, is cut off after a few messages, and
// goes on from the last that it had.
func (v *soaked) listen(ctx context.Context, luck *rand.Rand) error {
	for ctx.Err() == nil {
		if err := v.hear(ctx, luck, 1+luck.IntN(6)); err != nil {
			return err
		}
	}
	return ctx.Err()
}

func (v *soaked) hear(ctx context.Context, luck *rand.Rand, most int) error {
	ctx, cut := context.WithCancel(ctx)
	defer cut()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, *v.replicas[luck.IntN(2)].Load()+"/chat/v1/"+siteKey+"/stream", nil)
	if err != nil {
		return err
	}
	v.dress(request)
	v.mu.Lock()
	request.Header.Set("Last-Event-ID", strconv.FormatInt(v.place, 10))
	v.mu.Unlock()
	answer, err := v.client.Do(request)
	if err != nil {
		return nil // the replica is gone: the next try finds another
	}
	defer func() { _ = answer.Body.Close() }()
	if answer.StatusCode != http.StatusOK {
		return v.pause(ctx, answer)
	}
	for lines := bufio.NewScanner(answer.Body); most > 0 && lines.Scan(); {
		data, ok := strings.CutPrefix(lines.Text(), "data: ")
		if !ok {
			continue
		}
		var one heard
		if err := json.Unmarshal([]byte(data), &one); err != nil {
			return nil // cut in the middle of a line
		}
		if err := v.note(one); err != nil {
			return err
		}
		most--
	}
	return nil
}

func (v *soaked) note(one heard) error {
	v.mu.Lock()
	defer v.mu.Unlock()
	if one.Seq <= v.place {
		return fmt.Errorf("%s heard %d after %d", v.address, one.Seq, v.place)
	}
	v.place = one.Seq
	v.said[one.Author] = append(v.said[one.Author], one.Text)
	v.soak.heard.Add(1)
	select {
	case v.news <- struct{}{}:
	default:
	}
	return nil
}

// post sends until it is thanked, to any replica, and now and then hangs up
// before it can be. What is sent again is the same, and has the same key.
func (v *soaked) post(ctx context.Context, luck *rand.Rand, path string, body, into any) error {
	raw, err := json.Marshal(body)
	if err != nil {
		return err
	}
	for ctx.Err() == nil {
		trying, hangUp := context.WithCancel(ctx)
		if into == nil && luck.IntN(4) == 0 {
			time.AfterFunc(time.Duration(luck.IntN(4000))*time.Microsecond, hangUp)
		}
		thanked, err := v.try(trying, *v.replicas[luck.IntN(2)].Load()+path, raw, into)
		hangUp()
		if thanked || err != nil {
			return err
		}
	}
	return ctx.Err()
}

func (v *soaked) try(ctx context.Context, url string, raw []byte, into any) (bool, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(raw))
	if err != nil {
		return false, err
	}
	v.dress(request)
	request.Header.Set("Content-Type", "application/json")
	if strings.Contains(url, "/api/") {
		request.Header.Set("Authorization", "Bearer "+bootstrapKey)
		request.Header.Set("Idempotency-Key", string(raw))
	}
	answer, err := v.client.Do(request)
	if err != nil {
		return false, nil // cut off: nobody knows whether it arrived
	}
	defer func() { _ = answer.Body.Close() }()
	if answer.StatusCode >= http.StatusMultipleChoices {
		return false, v.pause(ctx, answer)
	}
	if into != nil {
		err = json.NewDecoder(answer.Body).Decode(into)
	}
	return true, err
}

// pause is what a browser does that is told to wait; other refusals are faults.
func (v *soaked) pause(ctx context.Context, answer *http.Response) error {
	words, _ := io.ReadAll(answer.Body)
	wait, err := strconv.Atoi(answer.Header.Get("Retry-After"))
	if err != nil || answer.StatusCode != http.StatusTooManyRequests && answer.StatusCode != http.StatusServiceUnavailable {
		return errors.New(answer.Status + " " + string(words))
	}
	select {
	case <-ctx.Done():
	case <-time.After(time.Duration(wait) * time.Second):
	}
	return nil
}

func (v *soaked) dress(r *http.Request) {
	r.Header.Set("Origin", site)
	r.Header.Set("X-Forwarded-For", v.address)
	if v.token != "" {
		r.Header.Set("Authorization", "Bearer "+v.token)
	}
}
