package media_test

import (
	"bytes"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"ringback/channels"
	"ringback/gateway/media"
	"ringback/gateway/media/blob"
	"ringback/settings"
)

// customers is a file that a customer sent, at that time.
func (w *world) customers(at time.Time) media.Media {
	w.t.Helper()
	w.config.Clock.Stop(at)
	m, err := w.Store(w.t.Context(), media.Upload{CompanyID: w.origin.CompanyID, TeamID: w.origin.TeamID, Name: "sink.jpg"}, bytes.NewReader(jpegOf(picture(200, 100))))
	require.NoError(w.t, err)
	return m
}

// there says whether a file is there, as a row and as content.
func (w *world) there(m media.Media) (row, content bool) {
	w.t.Helper()
	found, err := media.Find(w.t.Context(), w.db, w.origin.CompanyID, w.origin.TeamID, m.ID)
	if err != nil {
		require.ErrorIs(w.t, err, settings.ErrNotFound)
	}
	row = found.ID != ""
	lies, err := w.Blobs.Open(w.t.Context(), w.origin.CompanyID+"/"+m.ID[len(m.ID)-2:]+"/"+m.ID)
	if err != nil {
		require.ErrorIs(w.t, err, blob.ErrNone)
		return row, false
	}
	require.NoError(w.t, lies.Close())
	return row, true
}

// TestWhatNobodyPutIntoAnAnswer goes two days after it came, and whatever has an owner by
// then stays; Drop takes the same at once.
func TestWhatNobodyPutIntoAnAnswer(t *testing.T) {
	w := newWorld(t)
	for name, c := range map[string]struct {
		set   string
		age   time.Duration
		swept bool
		drops bool
	}{
		"left for two days":   {"", 48*time.Hour + time.Second, true, true},
		"there is time yet":   {"", 48 * time.Hour, false, true},
		"of a message":        {`update media set message_id = gen_random_uuid()`, 50 * time.Hour, false, false},
		"from a provider":     {`update media set origin = 'message/1/0'`, 50 * time.Hour, false, false},
		"of one of the staff": {`update media set who = 'Ann'`, 50 * time.Hour, false, false},
	} {
		for _, sweep := range []bool{true, false} {
			m := w.customers(noon)
			if c.set != "" {
				_, err := w.db.Exec(c.set)
				require.NoError(t, err)
			}
			w.config.Clock.Stop(noon.Add(c.age))
			gone := c.swept
			if sweep {
				require.NoError(t, w.Sweep(t.Context()), name)
			} else {
				gone = c.drops
				require.NoError(t, w.Drop(t.Context(), uuid.NewString(), m.ID), "another company's")
				row, content := w.there(m)
				require.True(t, row && content, name)
				require.NoError(t, w.Drop(t.Context(), w.origin.CompanyID, m.ID), name)
				require.NoError(t, w.Drop(t.Context(), w.origin.CompanyID), "nothing")
			}
			row, content := w.there(m)
			require.Equal(t, []bool{!gone, !gone}, []bool{row, content}, "%s, swept: %v", name, sweep)
			_, err := w.db.Exec(`delete from media`)
			require.NoError(t, err)
		}
	}
}

// TestWhichFilesMayBeSent: those of the team that are stored, by their ids as we write
// them; each that is not is named by its place.
func TestWhichFilesMayBeSent(t *testing.T) {
	w := newWorld(t)
	good, waiting := w.customers(noon), w.customers(noon)
	_, err := w.db.Exec(`update media set state = 'waiting' where id = $1`, waiting.ID)
	require.NoError(t, err)
	check := func(team string, ids ...string) []string {
		err := media.Check(t.Context(), w.db, w.origin.CompanyID, team, "attachments", ids)
		if err == nil {
			return nil
		}
		var wrong settings.Invalid
		require.ErrorAs(t, err, &wrong)
		var all []string
		for _, f := range wrong {
			all = append(all, f.Field+" "+f.Code)
		}
		return all
	}
	require.Nil(t, check(w.origin.TeamID))
	require.Nil(t, check(w.origin.TeamID, good.ID, good.ID))
	require.Equal(t, []string{"attachments[0] media_id"}, check(uuid.NewString(), good.ID), "another team's")
	require.Equal(t, []string{"attachments[1] media_id", "attachments[2] media_id", "attachments[3] media_id", "attachments[4] media_id"},
		check(w.origin.TeamID, good.ID, waiting.ID, "x", uuid.NewString(), "{"+good.ID+"}"))

	named, err := media.Named(t.Context(), w.db, w.origin.CompanyID, []string{good.ID, uuid.NewString()})
	require.NoError(t, err)
	require.Equal(t, map[string]channels.Attachment{good.ID: {ContentType: "image/jpeg", Name: "sink.jpg"}}, named)
	named, err = media.Named(t.Context(), w.db, uuid.NewString(), []string{good.ID})
	require.NoError(t, err)
	require.Empty(t, named, "another company's")
}

// TestHowLongALinkIsGood: what is sent for a day, what is played for an hour, each to the
// end of an hour, and the same address until then.
func TestHowLongALinkIsGood(t *testing.T) {
	w := newWorld(t)
	m := w.customers(noon)
	token := func(link string) string { return link[len("https://texts.example.com"+media.LinkPath):] }
	for name, c := range map[string]struct {
		make  func(company, id string) string
		until time.Duration
		what  error
	}{
		"sent":   {w.Attachment, 25 * time.Hour, nil},
		"played": {w.Prompt, 2 * time.Hour, settings.ErrNotFound}, // a picture is nothing to play
	} {
		w.config.Clock.Stop(noon)
		link := c.make(w.origin.CompanyID, m.ID)
		w.config.Clock.Stop(noon.Add(time.Hour - time.Second))
		require.Equal(t, link, c.make(w.origin.CompanyID, m.ID), name)
		w.config.Clock.Stop(noon.Add(time.Hour))
		require.NotEqual(t, link, c.make(w.origin.CompanyID, m.ID), name)
		w.config.Clock.Stop(noon.Add(c.until - time.Second))
		linked, err := w.Follow(t.Context(), token(link))
		require.ErrorIs(t, err, c.what, name)
		if err == nil {
			require.Equal(t, noon.Add(c.until), linked.Until.UTC())
			require.NoError(t, linked.Close())
		}
		w.config.Clock.Stop(noon.Add(c.until))
		_, err = w.Follow(t.Context(), token(link))
		require.ErrorIs(t, err, settings.ErrNotFound, name)
	}
	require.Empty(t, w.Attachment(w.origin.CompanyID, "no id"))
	require.Empty(t, w.Attachment("", m.ID))
}
