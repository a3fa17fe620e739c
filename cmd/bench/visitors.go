package main

import (
	"bufio"
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"ringback/channels"
	"ringback/cmd/app"
	"ringback/settings"
)

const siteKey = "bench-site"

// visitors measures what a website's idle visitors cost: streams that are open
// and silent, in a process of its own, so that the browsers' side of them does
// not count.
func visitors(ctx context.Context, p *place, how plan) error {
	if how.visitors == 0 {
		return nil
	}
	if runtime.GOOS != "linux" {
		fmt.Println("Idle visitors are measured on Linux only.")
		return nil
	}
	tokens, err := p.guests(ctx, how.visitors)
	if err != nil {
		return err
	}
	server, err := p.serve(ctx)
	if err != nil {
		return err
	}
	defer server.end()
	before, err := server.resident()
	if err != nil {
		return err
	}
	began := time.Now()
	var open errgroup.Group
	open.SetLimit(64)
	streams := make([]net.Conn, len(tokens))
	defer func() {
		for _, one := range streams {
			if one != nil {
				_ = one.Close()
			}
		}
	}()
	for n, token := range tokens {
		open.Go(func() (err error) {
			streams[n], err = stream(server.address, token, n)
			return err
		})
	}
	if err := open.Wait(); err != nil {
		return err
	}
	took := time.Since(began)
	busy, err := server.processor()
	if err != nil {
		return err
	}
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(10 * time.Second):
	}
	after, err := server.processor()
	if err != nil {
		return err
	}
	resident, err := server.resident()
	if err != nil {
		return err
	}
	fmt.Printf("Idle visitors of a web chat, one process\n%12s %12s %12s %12s %12s\n", "visitors", "MB before", "MB with them", "opened/s", "cores idle")
	fmt.Printf("%12d %12d %12d %12.0f %12.2f\n\n", len(tokens), before>>20, resident>>20, float64(len(tokens))/took.Seconds(), (after-busy).Seconds()/10)
	return nil
}

// guests are visitors who have been here before, and their tokens.
func (p *place) guests(ctx context.Context, n int) ([]string, error) {
	var sender settings.Sender
	_, err := settings.EditTeam(ctx, p.db, p.company, p.team.ID, "bench", func(e *settings.Edit) (err error) {
		sender, err = e.AddSender(ctx, settings.Sender{Kind: channels.WebChat, Address: siteKey})
		return err
	})
	if err != nil {
		return nil, err
	}
	tokens := make([]string, n)
	for i := range tokens {
		tokens[i] = "a-token-of-a-visitor-for-measuring-" + strconv.Itoa(i)
	}
	_, err = p.db.ExecContext(ctx, `insert into visitors (company_id, id, sender_id, token_hash)
		select $1, 'v_bench_' || n, $2, sha256(convert_to('a-token-of-a-visitor-for-measuring-' || n, 'UTF8')) from generate_series(0, $3::int - 1) n`,
		p.company, sender.ID, n)
	if err != nil {
		return nil, fmt.Errorf("visitors: %w", err)
	}
	return tokens, nil
}

// stream opens one visitor's stream and waits until it is there.
func stream(address, token string, n int) (net.Conn, error) {
	conn, err := net.Dial("tcp", address)
	if err != nil {
		return nil, fmt.Errorf("connect: %w", err)
	}
	// Each comes from a network of their own, as a proxy tells.
	_, err = fmt.Fprintf(conn, "GET /chat/v1/%s/stream HTTP/1.1\r\nHost: %s\r\nAuthorization: Bearer %s\r\nX-Forwarded-For: 10.%d.%d.1\r\n\r\n",
		siteKey, address, token, n/250, n%250)
	if err != nil {
		return conn, fmt.Errorf("stream: %w", err)
	}
	_ = conn.SetReadDeadline(time.Now().Add(time.Minute))
	lines := bufio.NewReaderSize(conn, 512)
	for {
		line, err := lines.ReadString('\n')
		if err != nil {
			return conn, fmt.Errorf("stream: %w", err)
		}
		if strings.HasPrefix(line, "HTTP/1.1 ") && !strings.HasPrefix(line, "HTTP/1.1 200") {
			return conn, errors.New("stream: " + line)
		}
		if strings.HasPrefix(line, ": here") {
			return conn, nil
		}
	}
}

// child is a gateway in a process of its own.
type child struct {
	command *exec.Cmd
	address string
}

// serving is the environment variable by which this program is asked to be the
// gateway that is measured; it names a file for the address.
const serving = "RINGBACK_BENCH_ADDRESS"

func (p *place) serve(ctx context.Context) (*child, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	told := filepath.Join(p.dir, "address")
	_ = os.Remove(told)                                  // of a run before
	c := &child{command: exec.CommandContext(ctx, self)} // #nosec G204 -- ourselves
	c.command.Env = append(os.Environ(), serving+"="+told, "DATABASE_URL="+p.dsn, "LISTEN=127.0.0.1:0", "PUBLIC_URL=", "TRUSTED_PROXIES=127.0.0.1",
		"LOG_LEVEL=error", "RINGBACK_DATA_DIR="+filepath.Join(p.dir, "served"), "RINGBACK_SECRET_KEY="+base64.StdEncoding.EncodeToString(random(32)))
	c.command.Stderr = os.Stderr
	if err := c.command.Start(); err != nil {
		return nil, fmt.Errorf("start the gateway: %w", err)
	}
	for range 300 {
		if raw, err := os.ReadFile(told); err == nil && len(raw) > 0 { // #nosec G304 -- in our own folder
			c.address = string(raw)
			return c, nil
		}
		time.Sleep(100 * time.Millisecond)
	}
	c.end()
	return nil, errors.New("the gateway did not start")
}

// serveHere is what the process of its own does.
func serveHere(ctx context.Context, told string) error {
	c, err := app.FromEnvironment()
	if err != nil {
		return err
	}
	a, err := app.New(ctx, c, slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError})))
	if err != nil {
		return err
	}
	if err := os.WriteFile(told, []byte(strings.TrimPrefix(a.URL(), "http://")), 0o600); err != nil {
		return err
	}
	return a.Serve(ctx)
}

func (c *child) end() {
	_ = c.command.Process.Signal(os.Interrupt)
	_ = c.command.Wait()
}

// resident is how many bytes of memory the process holds.
func (c *child) resident() (int64, error) {
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", c.command.Process.Pid))
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(raw)) {
		if said, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			kilobytes, err := strconv.ParseInt(strings.TrimSuffix(strings.TrimSpace(said), " kB"), 10, 64)
			return kilobytes << 10, err
		}
	}
	return 0, errors.New("the system does not say how much memory the gateway holds")
}

// processor is the time that the process has spent on a processor.
func (c *child) processor() (time.Duration, error) {
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", c.command.Process.Pid))
	if err != nil {
		return 0, err
	}
	_, rest, _ := strings.Cut(string(raw), ") ") // the name before it may hold spaces
	fields := strings.Fields(rest)
	if len(fields) < 13 {
		return 0, errors.New("the system does not say how busy the gateway is")
	}
	user, err := strconv.ParseInt(fields[11], 10, 64)
	if err != nil {
		return 0, err
	}
	system, err := strconv.ParseInt(fields[12], 10, 64)
	return time.Duration(user+system) * 10 * time.Millisecond, err // Linux counts in hundredths here
}

func random(n int) []byte {
	b := make([]byte, n)
	_, _ = rand.Read(b) // never fails
	return b
}
