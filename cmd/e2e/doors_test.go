package e2e

import (
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"ringback/channels"
	"ringback/channels/simulator/twilio"
	"ringback/cmd/app"
	"ringback/settings"
)

const previousToken = "the token before that one"

var monday = time.Date(2026, 6, 1, 15, 0, 0, 0, time.UTC) // 10:00 in Chicago

// opened is a world on an open Monday, whose environment has two live tokens.
func opened(t *testing.T, changes ...func(*app.Config)) *world {
	t.Helper()
	w := newWorld(t, append(changes, func(c *app.Config) { c.TwilioTokenPrevious = previousToken })...)
	w.Clock.Stop(monday)
	return w
}

// answered proves that the gateway works: a customer nobody has seen yet
// writes and is greeted once.
func (w *world) answered(from string) {
	w.t.Helper()
	status, words := w.post(webhook{body: sms("From", from)})
	require.Equal(w.t, http.StatusOK, status, words)
	w.settle()
	require.Len(w.t, w.sim.Inbox(from), 1)
}

// TestDoors makes requests that a provider would and would not make. Each says
// what it is answered, what the answer tells, and what is kept of it.
func TestDoors(t *testing.T) {
	t.Parallel()
	w := opened(t)
	const event, stray = "event", "stray"
	for name, c := range map[string]struct {
		webhook
		want int
		says string
		kept string
	}{
		"a text":                     {webhook{body: sms()}, 200, "<Response/>", event},
		"the previous token":         {webhook{body: sms(), token: previousToken}, 200, "", event},
		"unsigned":                   {webhook{body: sms(), header: http.Header{"X-Twilio-Signature": nil}}, 403, "signature", ""},
		"unsigned and empty":         {webhook{header: http.Header{"X-Twilio-Signature": nil}}, 403, "signature", ""},
		"unsigned and unreadable":    {webhook{body: "%ZZ", header: http.Header{"X-Twilio-Signature": nil}}, 403, "signature", ""},
		"a wrong token":              {webhook{body: sms(), token: "nobody's"}, 403, "signature", ""},
		"an empty signature":         {webhook{body: sms(), header: http.Header{"X-Twilio-Signature": {""}}}, 403, "signature", ""},
		"no base64":                  {webhook{body: sms(), header: http.Header{"X-Twilio-Signature": {"\u00e9%%%"}}}, 403, "signature", ""},
		"another host signed":        {webhook{body: sms(), signed: "http://evil.example" + messagesPath}, 403, "signature", ""},
		"another host, and its name": {webhook{body: sms(), signed: "http://evil.example" + messagesPath, host: "evil.example", header: http.Header{"X-Forwarded-Host": {"evil.example"}}}, 403, "signature", ""},
		"localhost by its number":    {webhook{body: sms(), signed: w.URL() + messagesPath}, 200, "", event},
		"our signature, any Host":    {webhook{body: sms(), host: "whoever.example"}, 200, "", event},
		"another door's signature":   {webhook{body: sms(), signed: w.PublicURL() + statusPath}, 403, "signature", ""},
		"a query not signed":         {webhook{body: sms(), path: messagesPath + "?a=1", signed: w.door()}, 403, "signature", ""},
		"unknown account":            {webhook{body: sms("AccountSid", "ACffffffffffffffffffffffffffffffff")}, 403, "signature", ""},
		"unknown number":             {webhook{body: sms("To", "+13125550999")}, 200, "<Response/>", stray},
		"unknown channel":            {webhook{body: sms("To", "messenger:123", "From", "messenger:456")}, 200, "", stray},
		"a kind we have not there":   {webhook{body: sms("To", "whatsapp:"+ours, "From", "whatsapp:+13125550142")}, 200, "", stray},
		"no From":                    {webhook{body: sms("From", "")}, 400, "From: is missing", ""},
		"no To":                      {webhook{body: sms("To", "")}, 400, "To: is missing", ""},
		"no MessageSid":              {webhook{body: sms("MessageSid", "")}, 400, "MessageSid: is missing", ""},
		"no AccountSid":              {webhook{body: sms("AccountSid", "")}, 400, "AccountSid: is missing", ""},
		"no word of a status":        {webhook{path: statusPath, body: status("SM1", "")}, 400, "MessageStatus: is missing", ""},
		"an empty body":              {webhook{}, 400, "AccountSid: is missing", ""},
		"5,000 parameters":           {webhook{body: sms() + strings.Repeat("&a=1", 5000)}, 400, "1,000 parameters", ""},
		"1 MB":                       {webhook{body: sms("Body", strings.Repeat("A", 1<<20))}, 413, "too large", ""},
		"1 MB, no length":            {webhook{body: sms("Body", strings.Repeat("A", 1<<20)), reader: noLength(sms("Body", strings.Repeat("A", 1<<20)))}, 413, "too large", ""},
		"a value of 100 KB":          {webhook{body: sms("Body", strings.Repeat("A", 100<<10))}, 400, "Body: longer than", ""},
		"bad percent-encoding":       {webhook{body: sms() + "&X=%ZZ%4"}, 400, "X: broken percent-encoding", ""},
		"an id of 100 characters":    {webhook{body: sms("MessageSid", strings.Repeat("M", 100))}, 400, "MessageSid", ""},
		"an id with a NUL":           {webhook{body: sms("MessageSid", "SM\x001")}, 400, "MessageSid", ""},
		"invalid UTF-8":              {webhook{body: sms() + "&Body=%ff%fe%00abc&ProfileName=%c3%28"}, 200, "", event},
		"only invalid UTF-8":         {webhook{body: sms("Body", "\xff\xfe\x00")}, 200, "", event},
		"NUL in a name":              {webhook{body: sms("\x00", "\x00", "FromCity", "\x00")}, 200, "", event},
		"duplicate parameters":       {webhook{body: sms() + "&Body=second&Body=Hello"}, 200, "", event},
		"a semicolon":                {webhook{body: sms() + "&X=a;b"}, 200, "", event},
		"the longest text":           {webhook{body: sms("Body", strings.Repeat("👩‍👩‍👧‍👦", 230))}, 200, "", event},
		"text/plain":                 {webhook{body: sms(), header: http.Header{"Content-Type": {"text/plain"}}}, 200, "", event},
		"no content type":            {webhook{body: sms(), header: http.Header{"Content-Type": nil}}, 200, "", event},
		"JSON":                       {webhook{body: `{"AccountSid": "` + accountSID + `"}`, header: http.Header{"Content-Type": {"application/json"}}}, 400, "AccountSid", ""},
		"multipart":                  {webhook{body: "--x\r\n\r\n--x--", header: http.Header{"Content-Type": {"multipart/form-data; boundary=x"}}}, 400, "AccountSid", ""},
		"a content type that is not": {webhook{body: sms(), header: http.Header{"Content-Type": {"; ;;=/"}}}, 200, "", event},
		"a promised hash, no JSON":   {webhook{body: sms(), path: messagesPath + "?bodySHA256=00"}, 200, "", event},
		"a hash that is wrong":       {webhook{body: sms(), path: messagesPath + "?bodySHA256=00", header: http.Header{"Content-Type": {"application/json"}}}, 403, "signature", ""},
		"odd encodings in the query": {webhook{body: sms(), path: messagesPath + "?a=%zz&b=%e9&c=%00;d&&=&e=it's&a=2"}, 200, "", event},
		"chunks, no length":          {webhook{body: sms("Body", "chunked", "MessageSid", "SMchunked"), reader: noLength(sms("Body", "chunked", "MessageSid", "SMchunked"))}, 200, "", event},
		"GET":                        {webhook{method: http.MethodGet}, 405, "", ""},
		"PUT":                        {webhook{method: http.MethodPut, body: sms()}, 405, "", ""},
		"no such door":               {webhook{path: "/webhooks/twilio/nothing", body: sms()}, 404, "", ""},
		"a header of 100 KB":         {webhook{body: sms(), header: http.Header{"X-Long": {strings.Repeat("a", 100<<10)}}}, 431, "", ""},
		"garbage for our id":         {webhook{path: statusPath + "?delivery=no-uuid", body: status("SMnone1", "sent")}, 200, "", event},
		"NUL for our id":             {webhook{path: statusPath + "?delivery=%00%ff", body: status("SMnone2", "sent")}, 200, "", event},
		"braces around our id":       {webhook{path: statusPath + "?delivery=%7B018f0000-0000-7000-8000-000000000000%7D", body: status("SMnone3", "sent")}, 200, "", event},
		"an id that is not ours":     {webhook{path: statusPath + "?delivery=" + uuid.NewString(), body: status("SMnone4", "sent")}, 200, "", event},
		"a word we do not know":      {webhook{path: statusPath, body: status("SMnone5", "teleported")}, 200, "", event},
		"an error code of words":     {webhook{path: statusPath, body: status("SMnone6", "failed", "ErrorCode", "what\x00ever")}, 200, "", event},
	} {
		events, strays := w.kept()
		status, words := w.post(c.webhook)
		require.Equal(t, c.want, status, "%s: %s", name, words)
		require.Contains(t, words, c.says, name)
		switch c.kept {
		case event:
			events++
		case stray:
			strays++
		}
		gotEvents, gotStrays := w.kept()
		require.Equal(t, []int{events, strays}, []int{gotEvents, gotStrays}, "%s: events and strays", name)
	}
	var came []time.Time
	require.NoError(t, w.DB.Select(&came, `select distinct received_at from strays`))
	require.Len(t, came, 1)
	require.True(t, came[0].Equal(w.Clock.Now()), "a stray says when it came: %v", came)
	w.settle()
	w.nothingFailed()
	require.Len(t, w.sim.Inbox("+13125550142"), 1, "all texts were one customer's")
	w.answered("+13125550143")
}

// nothingFailed holds that no event met a fault while it was handled.
func (w *world) nothingFailed() {
	w.t.Helper()
	var faults []string
	require.NoError(w.t, w.DB.Select(&faults, `select provider_id || ': ' || coalesce(fault, '') from events where attempts > 0
		or handled_at is null and due_at <= coalesce($1::timestamptz, now())`, w.Clock.Queue()))
	require.Empty(w.t, faults)
}

// noLength is a body that is sent in chunks, since its length cannot be known.
func noLength(body string) io.Reader { return io.MultiReader(strings.NewReader(body)) }

// TestDoorsOnTheWire: requests that no HTTP client would make.
func TestDoorsOnTheWire(t *testing.T) {
	t.Parallel()
	w := opened(t)
	head := func(target, body string, headers ...string) string {
		return "POST " + target + " HTTP/1.1\r\nHost: gateway\r\nContent-Type: application/x-www-form-urlencoded\r\nX-Twilio-Signature: " +
			twilio.Sign(authToken, w.door(), loose(body)) + "\r\n" + strings.Join(append(headers, ""), "\r\n") + "\r\n"
	}
	length := func(body string) string { return fmt.Sprintf("Content-Length: %d", len(body)) }
	body := sms()
	for name, c := range map[string]struct {
		request string
		early   bool
		want    int
		kept    int
	}{
		"a truncated body":            {head(messagesPath, body, length(body)) + body[:len(body)-20], true, 400, 0},
		"no body at all":              {head(messagesPath, body, length(body)), true, 400, 0},
		"chunks that are none":        {head(messagesPath, body, "Transfer-Encoding: chunked") + "zz\r\nhello", false, 400, 0},
		"chunks that end early":       {head(messagesPath, body, "Transfer-Encoding: chunked") + "ff\r\nhello", true, 400, 0},
		"a chunk's endless extension": {head(messagesPath, body, "Transfer-Encoding: chunked") + "1;" + strings.Repeat("x", 64<<10), false, 400, 0},
		"a length and chunks":         {head(messagesPath, body, "Content-Length: 5", "Transfer-Encoding: gzip") + "hello", false, 501, 0},
		"two lengths":                 {head(messagesPath, body, "Content-Length: 5", "Content-Length: 6") + "hello", false, 400, 0},
		"a negative length":           {head(messagesPath, body, "Content-Length: -5"), false, 400, 0},
		"control characters":          {head(messagesPath+"?a=\x01", body, length(body)) + body, false, 400, 0},
		"a broken path":               {head(messagesPath+"%zz", body, length(body)) + body, false, 400, 0},
		"as if to a proxy":            {head("http://evil.example"+messagesPath, body, length(body)) + body, false, 200, 1},
		"to a proxy, without a path":  {head("http://evil.example", body, length(body)) + body, false, 404, 0},
	} {
		before, _ := w.kept()
		require.Equal(t, c.want, w.raw(c.request, c.early), name)
		after, _ := w.kept()
		require.Equal(t, c.kept, after-before, name)
	}
	w.answered("+13125550143")
}

// TestPublicURL: the signature covers the address as the provider knows it,
// whatever a proxy in front of us makes of it.
func TestPublicURL(t *testing.T) {
	t.Parallel()
	for configured, signed := range map[string]string{
		"https://texts.example.com/":           "https://texts.example.com" + messagesPath,
		"https://texts.example.com:8443":       "https://texts.example.com:8443" + messagesPath,
		"https://texts.example.com":            "https://texts.example.com:443" + messagesPath,
		"https://example.com/behind/a/prefix/": "https://example.com/behind/a/prefix" + messagesPath,
	} {
		w := opened(t, func(c *app.Config) { c.PublicURL = configured })
		status, words := w.post(webhook{body: sms(), signed: signed})
		require.Equal(t, http.StatusOK, status, "%s: %s", configured, words)
		status, _ = w.post(webhook{body: sms(), signed: w.URL() + messagesPath})
		require.Equal(t, http.StatusForbidden, status, "%s: the address that we listen on", configured)
	}
}

// TestReplays: the same text fifty times at once is one event, one decision
// and one reply, and each time it is thanked for.
func TestReplays(t *testing.T) {
	t.Parallel()
	w := opened(t)
	body := sms()
	var crowd sync.WaitGroup
	for range 50 {
		crowd.Go(func() {
			status, words := w.post(webhook{body: body})
			if status != http.StatusOK {
				t.Errorf("%d %s", status, words)
			}
		})
	}
	crowd.Wait()
	w.settle()
	events, strays := w.kept()
	require.Equal(t, []int{1, 0}, []int{events, strays})
	w.count(decisionsOf, "+13125550142", 1)
	require.Len(t, w.sim.Inbox("+13125550142"), 1)
}

// TestStatuses: late, repeated and unknown words change nothing, and none
// moves a delivery back.
func TestStatuses(t *testing.T) {
	t.Parallel()
	w := opened(t)
	w.sim.Outcome("+13125550142", twilio.Plan{}) // the callbacks are ours to make
	w.answered("+13125550142")
	sent := w.sim.Inbox("+13125550142")[0]
	callback, err := url.Parse(sent.Callback)
	require.NoError(t, err)
	path := callback.RequestURI()
	for _, step := range []struct{ word, code, want string }{
		{"queued", "", "sending"},
		{"sent", "", "sent"},
		{"sending", "", "sent"},
		{"teleported", "", "sent"},
		{"delivered", "", "delivered"},
		{"delivered", "", "delivered"},
		{"sent", "", "delivered"},
		{"failed", "30003", "delivered"},
		{"read", "", "read"},
		{"undelivered", "30005", "read"},
	} {
		status, words := w.post(webhook{path: path, body: status(sent.SID, step.word, "ErrorCode", step.code)})
		require.Equal(t, http.StatusOK, status, words)
		w.settle()
		w.state("+13125550142", step.want, "")
	}
	w.nothingFailed()
}

// TestAnotherCompany: whoever may sign for one account moves and reads nothing
// of another's, not even by giving itself the other's number.
func TestAnotherCompany(t *testing.T) {
	t.Parallel()
	key := make([]byte, 32)
	_, _ = rand.Read(key)
	w := opened(t, func(c *app.Config) { c.SecretKey = base64.StdEncoding.EncodeToString(key) })
	w.sim.Outcome("+13125550142", twilio.Plan{})
	w.answered("+13125550142")
	sent := w.sim.Inbox("+13125550142")[0]
	var delivery string
	require.NoError(t, w.DB.Get(&delivery, `select id from deliveries`))

	const theirs, theirToken, oursAlone = "AC00000000000000000000000000000002", "their own auth token", "+13125550101"
	w.edit(func(e *settings.Edit) error {
		_, err := e.AddSender(t.Context(), settings.Sender{Kind: channels.SMS, Address: oursAlone})
		return err
	})
	w.otherCompany(key, theirs, theirToken, ours, "+13125550200")
	for _, address := range []string{ours, oursAlone, "+13125550200", "+13125550300"} {
		for _, sid := range []string{sent.SID, "SMtheirs"} {
			got, words := w.post(webhook{
				path: statusPath + "?delivery=" + delivery, token: theirToken,
				body: status(sid, "failed", "AccountSid", theirs, "From", address, "ErrorCode", "21610"),
			})
			require.Equal(t, http.StatusOK, got, words)
		}
		got, words := w.post(webhook{body: sms("From", "+13125550142", "To", address, "Body", "STOP", "AccountSid", theirs), token: theirToken})
		require.Equal(t, http.StatusOK, got, words)
	}
	var intruders int
	require.NoError(t, w.DB.Get(&intruders, `select count(*) from events where company_id = $1 and payload->>'Account' = $2`, w.Company.ID, theirs))
	require.Zero(t, intruders)
	got, words := w.post(webhook{path: statusPath + "?delivery=" + delivery, token: theirToken, body: status(sent.SID, "failed")})
	require.Equal(t, http.StatusForbidden, got, "their token, our account: %s", words)
	w.settle()
	w.nothingFailed()
	w.state("+13125550142", "sending", "")
	var stopped int
	require.NoError(t, w.DB.Get(&stopped, `select count(*) from consents where company_id = $1`, w.Company.ID))
	require.Zero(t, stopped)

	// A text to the number that both claim goes to whose account it came by.
	got, words = w.post(webhook{body: sms("From", "+13125550150", "AccountSid", theirs), token: theirToken})
	require.Equal(t, http.StatusOK, got, words)
	var company string
	require.NoError(t, w.DB.Get(&company, `select company_id from events where payload->>'Theirs' = '+13125550150'`))
	require.NotEqual(t, w.Company.ID, company)
	got, words = w.post(webhook{body: sms("From", "+13125550151")})
	require.Equal(t, http.StatusOK, got, words)
	require.NoError(t, w.DB.Get(&company, `select company_id from events where payload->>'Theirs' = '+13125550151'`))
	require.Equal(t, w.Company.ID, company)
}

// otherCompany makes a company with an account and senders of its own.
func (w *world) otherCompany(key []byte, account, token string, addresses ...string) {
	w.t.Helper()
	ctx := w.t.Context()
	sealing, err := settings.NewSecretKey(key)
	require.NoError(w.t, err)
	id := uuid.NewString()
	w.DB.MustExec(`insert into companies (id, name) values ($1, 'Another')`, id)
	team, err := settings.CreateTeam(ctx, w.DB.DB, id, "test", newTeam())
	require.NoError(w.t, err)
	_, err = settings.EditTeam(ctx, w.DB.DB, id, team.ID, "test", func(e *settings.Edit) error {
		own, err := e.UseAccount(ctx, &settings.Vault{Key: sealing}, settings.Twilio, account, []string{token}, nil)
		for _, address := range addresses {
			if err == nil {
				_, err = e.AddSender(ctx, settings.Sender{Kind: channels.SMS, Account: own, Address: address})
			}
		}
		return err
	})
	require.NoError(w.t, err)
}

// TestWhatPostgresRefuses: an event that cannot be written is set aside with
// its body, and its neighbors are handled as if it were not there.
func TestWhatPostgresRefuses(t *testing.T) {
	t.Parallel()
	w := opened(t)
	event := func(from, raw string) channels.Event {
		return channels.Event{
			Kind: channels.MessageReceived, ProviderID: newSID(), Account: accountSID, Sender: channels.SMS,
			SenderAddress: ours, CustomerAddress: from, Message: &channels.Message{Text: "hello"}, Raw: []byte(raw),
		}
	}
	bad := event("+13125550142", "a NUL in the text")
	bad.Message.Text = "\x00"
	worse := event("+13125550142\x00", "one in the address")
	worst := event("+13125550142", "one in the id")
	worst.ProviderID = "\xff\x00" + worst.ProviderID
	long := event("+13125550142", "an id that no index takes")
	random := make([]byte, 16<<10)
	_, _ = rand.Read(random)
	long.ProviderID = base64.StdEncoding.EncodeToString(random)
	before, after := event("+13125550143", "hello"), event("+13125550144", "hello")
	told := []channels.Event{before, bad, worse, worst, long, after}

	blocked, err := w.DB.Beginx() // so that what comes meanwhile shares a commit
	require.NoError(t, err)
	defer func() { _ = blocked.Rollback() }()
	_, err = blocked.Exec(`lock table events in access exclusive mode`)
	require.NoError(t, err)
	var doors sync.WaitGroup
	for _, e := range append(told, told...) {
		doors.Go(func() {
			if err := w.Gateway.Receive(t.Context(), []channels.Event{e}); err != nil {
				t.Error(err)
			}
		})
	}
	require.NoError(t, blocked.Rollback())
	doors.Wait()
	require.NoError(t, w.Gateway.Receive(t.Context(), told), "all in one webhook")

	w.settle()
	events, strays := w.kept()
	require.Equal(t, []int{2, 4}, []int{events, strays})
	require.Len(t, w.sim.Inbox("+13125550143"), 1)
	require.Len(t, w.sim.Inbox("+13125550144"), 1)
	var kept []string
	require.NoError(t, w.DB.Select(&kept, `select convert_from(raw, 'UTF8') from strays where payload ? 'fault' and length(provider_id) <= 200`))
	require.ElementsMatch(t, []string{string(bad.Raw), string(worse.Raw), string(worst.Raw), string(long.Raw)}, kept)
}
