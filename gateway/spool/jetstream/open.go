package jetstream

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
	js "github.com/nats-io/nats.go/jetstream"

	"ringback/gateway/spool"
)

// copies is how many servers have each message, of which one may be lost.
const copies = 3

// payload is how many bytes a message may have: a body of Meta's with all around it.
const payload = 8 << 20

// known is how long the servers remember a message's id: longer than an append is
// tried again.
const known = 2 * time.Minute

// A start waits firstTry for the servers, and what is looked for behind its back is tried
// again after againSoon, and later after againLate.
const (
	firstTry  = 5 * time.Second
	nextTry   = 15 * time.Second
	againSoon = time.Second
	againLate = 5 * time.Second
)

// Open uses the stream at an address that Parse has read, made if need be, of that many
// bytes at the most. The error says in plain words what is wrong with how the servers are
// set. When too few of them are there the spool takes nothing, with spool.ErrAway, until
// they are; what is found wrong with them then, Refused says.
func Open(at Address, limit int64, log *slog.Logger) (*Spool, error) {
	living, stop := context.WithCancel(context.Background())
	s := &Spool{at: at, limit: limit, log: log, stop: stop, refused: make(chan error, 1)}
	err := s.try(living, firstTry)
	var wrong *wrong
	if errors.As(err, &wrong) {
		stop()
		return nil, err
	}
	if err != nil {
		s.state = spool.State{Fault: away(err), Unseen: true}
		log.Error("the servers of the spool are away; they are looked for until they are there", "error", err)
	}
	s.looking.Go(func() {
		if s.reach(living) {
			s.watch(living)
		}
	})
	return s, nil
}

// Refused gets what is wrong with how the servers are set, when it was found out after
// the start: a spool that a start would have refused.
func (s *Spool) Refused() <-chan error { return s.refused }

// reach tries until the servers are there, and says whether they are.
func (s *Spool) reach(ctx context.Context) bool {
	for wait := againSoon; s.link.Load() == nil; wait = min(2*wait, againLate) {
		select {
		case <-ctx.Done():
			return false
		case <-time.After(wait):
		}
		err := s.try(ctx, nextTry)
		var wrong *wrong
		switch {
		case err == nil:
			s.log.Info("the servers of the spool are there")
		case errors.As(err, &wrong):
			s.mu.Lock()
			s.state.Fault = err
			s.mu.Unlock()
			s.refused <- err
			return false
		default:
			s.log.Warn("the servers of the spool are away", "error", err)
		}
	}
	return true
}

// wrong is what no waiting mends: servers that are set otherwise than a spool needs.
type wrong struct{ error }

func (w *wrong) Unwrap() error { return w.error }

func refuse(format string, args ...any) error { return &wrong{fmt.Errorf(format, args...)} }

// away is a fault of servers that do not answer.
func away(err error) error { return fmt.Errorf("%w: %w", spool.ErrAway, err) }

// try makes the link to the servers, once.
func (s *Spool) try(ctx context.Context, within time.Duration) error {
	ctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	safe, err := check(ctx, s.at, s.log)
	if err != nil {
		return err
	}
	options := []nats.Option{
		nats.Name("ringback"), nats.MaxReconnects(-1), nats.ReconnectWait(pause), nats.ReconnectBufSize(-1), nats.Timeout(answers), nats.PingInterval(5 * time.Second),
		nats.DisconnectErrHandler(func(_ *nats.Conn, err error) {
			if err != nil {
				s.log.Warn("a server of the spool is gone; the next one is asked", "error", err)
			}
		}),
	}
	if s.at.User != "" {
		options = append(options, nats.UserInfo(s.at.User, s.at.Password))
	}
	conn, err := nats.Connect(s.at.servers(), options...)
	switch {
	case errors.Is(err, nats.ErrAuthorization) && s.at.User == "":
		return refuse("the NATS servers want a name and a password; write them as nats://name:password@a,b,c")
	case errors.Is(err, nats.ErrAuthorization):
		return refuse("the NATS servers do not take the name and the password before the @")
	case err != nil:
		return fmt.Errorf("no NATS server lets us in: %w", err)
	}
	l := &link{conn: conn, subject: s.at.Stream + ".events"}
	state, err := l.open(ctx, s.at.Stream, s.limit, safe, len(s.at.Monitors))
	if err != nil {
		conn.Close()
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.state, s.answered = state, time.Now()
	s.link.Store(l)
	return nil
}

// link is the way to the servers once they are there.
type link struct {
	conn    *nats.Conn
	js      js.JetStream
	stream  js.Stream
	player  js.Consumer
	subject string

	moving sync.Mutex
	moved  time.Time // to another server, for its want of answers
}

// elsewhere has another server be asked, which the connection to the one that is asked does
// not do by itself: when that did not answer in time and stands still, or when nothing was
// had from it since then for as long as an answer takes. It may be cut off from the others,
// and let clients in none the less. That looks the same while all look for a new leader:
// then the next one is given twice the time.
func (s *link) elsewhere(err error, since time.Time) {
	least := 2 * answers
	if errors.Is(err, context.DeadlineExceeded) && s.conn.FlushTimeout(answers/2) != nil {
		least = answers
	} else if time.Since(since) < answers {
		return
	}
	s.moving.Lock()
	defer s.moving.Unlock()
	if time.Since(s.moved) < least {
		return
	}
	s.moved = time.Now()
	_ = s.conn.ForceReconnect()
}

func (s *link) open(ctx context.Context, name string, limit int64, safe map[string]bool, asked int) (spool.State, error) {
	none := spool.State{}
	if s.conn.MaxPayload() < payload {
		return none, refuse("the NATS servers take messages of less than 8 MB, and what a provider brings may be longer in here: set max_payload: 8MB")
	}
	var err error
	if s.js, err = js.New(s.conn); err != nil {
		return none, err
	}
	s.stream, err = s.js.CreateOrUpdateStream(ctx, js.StreamConfig{
		Name: name, Subjects: []string{s.subject}, Description: "what Ringback has acknowledged and Postgres has not yet",
		Retention: js.LimitsPolicy, Storage: js.FileStorage, Replicas: copies, MaxBytes: limit, Discard: js.DiscardNew, Duplicates: known,
	})
	if err != nil {
		return none, judged(fmt.Errorf("the NATS servers do not keep a stream of %d MB on %d of them: %w", limit>>20, copies, err))
	}
	s.player, err = s.stream.CreateOrUpdateConsumer(ctx, js.ConsumerConfig{
		Durable: "player", AckPolicy: js.AckExplicitPolicy, DeliverPolicy: js.DeliverAllPolicy, AckWait: holds, MaxAckPending: 1, Replicas: copies,
	})
	if err != nil {
		return none, judged(fmt.Errorf("the NATS servers do not hand out the stream: %w", err))
	}
	info, err := s.stream.Info(ctx)
	if err != nil {
		return none, fmt.Errorf("the NATS servers do not know the stream: %w", err)
	}
	if err := keptWell(info, safe, asked); err != nil {
		return none, err
	}
	return stateOf(info), nil
}

// What the servers say of a stream that they would not keep so on any day. That too few
// of them are there to place it (errNoPeers) is none of that.
const (
	errNoPeers  js.ErrorCode = 10005
	errConfig   js.ErrorCode = 10052
	errUpdate   js.ErrorCode = 10069
	errAlone    js.ErrorCode = 10074
	badRequests              = 400
)

// judged tells what no waiting mends from servers that are away.
func judged(err error) error {
	var refused *js.APIError
	if !errors.As(err, &refused) || refused.ErrorCode == errNoPeers {
		return err
	}
	if refused.ErrorCode == errAlone {
		return refuse("each NATS server stands alone, and what one has is lost with its disk: make a cluster of the three, with cluster { name, listen, routes } in each")
	}
	if refused.Code == badRequests || refused.ErrorCode == errConfig || refused.ErrorCode == errUpdate {
		return &wrong{err}
	}
	return err
}

// keptWell refuses a stream that is kept by fewer servers than it has to be, or by one that
// answers and was not asked whether it waits for its disk.
func keptWell(info *js.StreamInfo, safe map[string]bool, asked int) error {
	if info.Config.Replicas != copies || info.Config.Storage != js.FileStorage || info.Cluster == nil {
		return refuse("the stream %s is not kept on the disks of %d NATS servers", info.Config.Name, copies)
	}
	keepers := []string{info.Cluster.Leader}
	for _, peer := range info.Cluster.Replicas {
		if !peer.Offline {
			keepers = append(keepers, peer.Name)
		}
	}
	for _, name := range keepers {
		if name != "" && !safe[name] && len(safe) < asked {
			return fmt.Errorf("the stream %s is kept by the NATS server %s, which was not asked about its disk yet", info.Config.Name, name)
		}
		if name != "" && !safe[name] {
			return refuse("the stream %s is kept by the NATS server %s, which is none of those that were asked about their disks; name it in SPOOL_URL as well", info.Config.Name, name)
		}
	}
	if len(keepers) < 2 {
		return errors.New("two of the three NATS servers with the stream have to be there")
	}
	return nil
}
