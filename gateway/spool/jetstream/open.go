package jetstream

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/nats-io/nats.go"
	js "github.com/nats-io/nats.go/jetstream"
)

// copies is how many servers have each message, of which one may be lost.
const copies = 3

// payload is how many bytes a message may have: a body of Meta's with all around it.
const payload = 8 << 20

// known is how long the servers remember a message's id: longer than an append is
// tried again.
const known = 2 * time.Minute

// Open uses the stream at an address that Parse has read, made if need be, of that many
// bytes at the most. The error says in plain words what is wrong with the servers.
func Open(at Address, limit int64, log *slog.Logger) (*Spool, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 15*time.Second)
	defer cancel()
	safe, err := check(ctx, at, log)
	if err != nil {
		return nil, err
	}
	options := []nats.Option{
		nats.Name("ringback"), nats.MaxReconnects(-1), nats.ReconnectWait(pause), nats.ReconnectBufSize(-1), nats.Timeout(answers), nats.PingInterval(5 * time.Second),
		nats.DisconnectErrHandler(func(_ *nats.Conn, err error) {
			if err != nil {
				log.Warn("a server of the spool is gone; the next one is asked", "error", err)
			}
		}),
	}
	if at.User != "" {
		options = append(options, nats.UserInfo(at.User, at.Password))
	}
	conn, err := nats.Connect(at.servers(), options...)
	if err != nil {
		return nil, fmt.Errorf("no NATS server lets us in: %w", err)
	}
	if conn.MaxPayload() < payload {
		conn.Close()
		return nil, errors.New("the NATS servers take messages of less than 8 MB, and what a provider brings may be longer in here: set max_payload: 8MB")
	}
	s := &Spool{conn: conn, subject: at.Stream + ".events"}
	if err := s.open(ctx, at.Stream, limit, safe); err != nil {
		conn.Close()
		return nil, err
	}
	watching, stop := context.WithCancel(context.Background())
	s.stop = stop
	s.looking.Go(func() { s.watch(watching) })
	return s, nil
}

func (s *Spool) open(ctx context.Context, name string, limit int64, safe map[string]bool) error {
	var err error
	if s.js, err = js.New(s.conn); err != nil {
		return err
	}
	s.stream, err = s.js.CreateOrUpdateStream(ctx, js.StreamConfig{
		Name: name, Subjects: []string{s.subject}, Description: "what Ringback has acknowledged and Postgres has not yet",
		Retention: js.LimitsPolicy, Storage: js.FileStorage, Replicas: copies, MaxBytes: limit, Discard: js.DiscardNew, Duplicates: known,
	})
	if err != nil {
		return fmt.Errorf("the NATS servers do not keep a stream of %d MB on %d of them: %w", limit>>20, copies, err)
	}
	s.player, err = s.stream.CreateOrUpdateConsumer(ctx, js.ConsumerConfig{
		Durable: "player", AckPolicy: js.AckExplicitPolicy, DeliverPolicy: js.DeliverAllPolicy, AckWait: holds, MaxAckPending: 1, Replicas: copies,
	})
	if err != nil {
		return fmt.Errorf("the NATS servers do not hand out the stream: %w", err)
	}
	info, err := s.stream.Info(ctx)
	if err != nil {
		return fmt.Errorf("the NATS servers do not know the stream: %w", err)
	}
	if err := keptWell(info, safe); err != nil {
		return err
	}
	s.state = stateOf(info)
	return nil
}

// keptWell refuses a stream that is kept by fewer servers than it has to be, or by one that
// answers and was not asked whether it waits for its disk.
func keptWell(info *js.StreamInfo, safe map[string]bool) error {
	if info.Config.Replicas != copies || info.Config.Storage != js.FileStorage || info.Cluster == nil {
		return fmt.Errorf("the stream %s is not kept on the disks of %d NATS servers", info.Config.Name, copies)
	}
	keepers := []string{info.Cluster.Leader}
	for _, peer := range info.Cluster.Replicas {
		if !peer.Offline {
			keepers = append(keepers, peer.Name)
		}
	}
	for _, name := range keepers {
		if name != "" && !safe[name] {
			return fmt.Errorf("the stream %s is kept by the NATS server %s, which is none of those that were asked about their disks; name it in SPOOL_URL as well", info.Config.Name, name)
		}
	}
	if len(keepers) < 2 {
		return errors.New("two of the three NATS servers with the stream have to be there")
	}
	return nil
}
