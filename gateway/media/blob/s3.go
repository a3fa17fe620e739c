package blob

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path"
	"strings"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"
)

// S3 is a bucket, or a part of one.
type S3 struct {
	client         *minio.Client
	bucket, prefix string
}

// partSize is what of a file is held in memory while it is written: the
// smallest part that S3 takes.
const partSize = 5 << 20

// newS3 reads s3://bucket/prefix?endpoint=…&region=…. The credentials are in
// AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, as for every tool that speaks
// to S3.
func newS3(u *url.URL) (*S3, error) {
	query := u.Query()
	for name := range query {
		if name != "endpoint" && name != "region" {
			return nil, fmt.Errorf("%s is not something an s3 address says: endpoint and region are", name)
		}
	}
	key, secret := os.Getenv("AWS_ACCESS_KEY_ID"), os.Getenv("AWS_SECRET_ACCESS_KEY")
	if key == "" || secret == "" {
		return nil, errors.New("an s3 address needs AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY")
	}
	endpoint := &url.URL{Scheme: "https", Host: "s3.amazonaws.com"}
	if given := query.Get("endpoint"); given != "" {
		var err error
		if endpoint, err = url.Parse(given); err != nil || endpoint.Host == "" || endpoint.Scheme != "https" && endpoint.Scheme != "http" || strings.Trim(endpoint.Path, "/") != "" {
			return nil, fmt.Errorf("endpoint=%s is not an address like https://s3.example.com", given)
		}
	}
	if u.Host == "" {
		return nil, errors.New("an s3 address names a bucket: s3://bucket/prefix")
	}
	client, err := minio.New(endpoint.Host, &minio.Options{
		Creds:  credentials.NewStaticV4(key, secret, os.Getenv("AWS_SESSION_TOKEN")),
		Secure: endpoint.Scheme == "https", Region: query.Get("region"), Transport: transport(),
	})
	if err != nil {
		return nil, fmt.Errorf("s3: %w", err)
	}
	return &S3{client, u.Host, strings.Trim(u.Path, "/")}, nil
}

// transport does not wait for ever for a service that says nothing.
func transport() *http.Transport {
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.MaxIdleConnsPerHost, t.ResponseHeaderTimeout, t.DisableCompression = 32, 30*time.Second, true
	return t
}

// Ready reports what is wrong with the bucket: the address was only read.
func (s *S3) Ready(ctx context.Context) error {
	there, err := s.client.BucketExists(ctx, s.bucket)
	if err != nil {
		return fmt.Errorf("bucket %s: %w", s.bucket, err)
	}
	if !there {
		return fmt.Errorf("there is no bucket %s", s.bucket)
	}
	return nil
}

func (s *S3) key(name string) string { return path.Join(s.prefix, name) }

// Put writes part by part. S3 shows a file when its last part is in and it was
// told so.
func (s *S3) Put(ctx context.Context, name string, content io.Reader) error {
	if err := check(name); err != nil {
		return err
	}
	watched := &watched{Reader: content}
	_, err := s.client.PutObject(ctx, s.bucket, s.key(name), watched, -1, minio.PutObjectOptions{
		PartSize: partSize, ContentType: "application/octet-stream",
		DisableContentSha256: true, // a checksum goes along anyway, and not every server reads a body signed in chunks
	})
	if watched.err != nil {
		return watched.err
	}
	if err != nil {
		return fmt.Errorf("file %s: %w", name, err)
	}
	return nil
}

// watched remembers why reading ended, which the client wraps or loses.
type watched struct {
	io.Reader
	err error
}

func (w *watched) Read(b []byte) (int, error) {
	n, err := w.Reader.Read(b)
	if err != nil && !errors.Is(err, io.EOF) {
		w.err = err
	}
	return n, err
}

// Open asks whether the file is there; its content is read when it is asked for.
func (s *S3) Open(ctx context.Context, name string) (io.ReadSeekCloser, error) {
	if err := check(name); err != nil {
		return nil, err
	}
	object, err := s.client.GetObject(ctx, s.bucket, s.key(name), minio.GetObjectOptions{})
	if err == nil {
		if _, err = object.Stat(); err == nil {
			return object, nil
		}
		_ = object.Close()
	}
	if minio.ToErrorResponse(err).StatusCode == http.StatusNotFound {
		err = ErrNone
	}
	return nil, fmt.Errorf("file %s: %w", name, err)
}

// Delete removes the file.
func (s *S3) Delete(ctx context.Context, name string) error {
	if err := check(name); err != nil {
		return err
	}
	err := s.client.RemoveObject(ctx, s.bucket, s.key(name), minio.RemoveObjectOptions{})
	if err != nil && minio.ToErrorResponse(err).StatusCode != http.StatusNotFound {
		return fmt.Errorf("file %s: %w", name, err)
	}
	return nil
}
