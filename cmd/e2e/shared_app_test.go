package e2e

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"ringback/channels"
	"ringback/channels/simulator/meta"
	"ringback/cmd/app"
	"ringback/settings"
)

// Businesses in the server's own app at Meta: ours, and those of others.
const (
	ourBusiness, ourOwnToken           = "900000000000001", "token-of-our-own-1111"
	theirBusiness, theirOwnToken       = "900000000000002", "token-of-theirs-2222"
	unseenBusiness, unseenToken        = "900000000000003", "token-of-strangers-3333"
	ourSecond, theirFirst, theirSecond = "100000000000001", "200000000000001", "200000000000002"
)

// sharedApp is a world whose app at Meta serves another company as well, and that
// company's way to change its team.
func sharedApp(t *testing.T) (*world, *settings.Vault, func(func(*settings.Edit) error) error) {
	t.Helper()
	graph := meta.New(meta.Config{AppSecret: appSecret, AccessToken: graphToken, Number: ourNumberID, Business: "1", Others: []meta.Business{
		{ID: ourBusiness, Token: ourOwnToken, Numbers: []string{ourSecond}},
		{ID: theirBusiness, Token: theirOwnToken, Numbers: []string{theirFirst, theirSecond}},
		{ID: unseenBusiness, Token: unseenToken, Numbers: []string{"300000000000001"}},
	}})
	w := opened(t, func(c *app.Config) {
		c.MetaBaseURL, c.SecretKey = plays(t, graph), base64.StdEncoding.EncodeToString(make([]byte, 32))
	})
	vault, err := app.Vault(w.config, w.DB)
	require.NoError(t, err)
	other := uuid.NewString()
	w.DB.MustExec(`insert into companies (id, name) values ($1, 'Another Company')`, other)
	team, err := settings.CreateTeam(t.Context(), w.DB.DB, other, "test", newTeam())
	require.NoError(t, err)
	return w, vault, func(change func(*settings.Edit) error) error {
		_, err := settings.EditTeam(t.Context(), w.DB.DB, other, team.ID, "test", func(e *settings.Edit) error {
			e.Vault = vault
			return change(e)
		})
		return err
	}
}

// TestASharedAppKeepsCompaniesApart: several companies in one app at Meta. Nobody
// enters another's number or business account as their own, whether that company has
// entered it already or not, and nobody is told whose it is.
func TestASharedAppKeepsCompaniesApart(t *testing.T) {
	t.Parallel()
	w, vault, others := sharedApp(t)
	require.NoError(t, others(func(e *settings.Edit) error {
		_, err := e.ConnectSender(t.Context(), vault, settings.Sender{
			Kind: channels.WhatsAppCloud, Address: "+15005550006", Settings: settings.SenderSettings{Business: theirBusiness},
		}, &settings.Credentials{PhoneNumberID: theirFirst, AccessToken: theirOwnToken})
		return err
	}))
	path := "/teams/" + w.team.ID + "/senders"
	number := 15005550010
	tried := func(status int, field, account, token, business string) {
		t.Helper()
		number++
		credentials := map[string]any{"phone_number_id": account}
		if token != "" {
			credentials["access_token"] = token
		}
		got, answer := w.api("POST", path, map[string]any{"kind": "whatsapp_cloud", "address": fmt.Sprintf("+%d", number), "account": credentials, "business_account_id": business})
		require.Equal(t, status, got, answer)
		said := fmt.Sprint(answer)
		require.Contains(t, said, field)
		require.NotContains(t, said, "Another Company")
		require.NotContains(t, said, "2222")
	}
	tried(http.StatusConflict, "account.phone_number_id", theirFirst, "", "")
	tried(http.StatusConflict, "account.phone_number_id", theirFirst, ourOwnToken, "")
	// Nobody has entered these here: the server's own token sees them, and proves nothing.
	tried(http.StatusUnprocessableEntity, "account.access_token", theirSecond, "", "")
	tried(http.StatusUnprocessableEntity, "account.access_token", theirSecond, ourOwnToken, "")
	tried(http.StatusConflict, "business_account_id", ourSecond, ourOwnToken, theirBusiness)
	tried(http.StatusUnprocessableEntity, "business_account_id", ourSecond, ourOwnToken, unseenBusiness)
	var senders int
	require.NoError(t, w.DB.Get(&senders, `select count(*) from senders where kind = 'whatsapp_cloud'`))
	require.Equal(t, 1, senders, "what was refused left nothing")

	status, made := w.api("POST", path, map[string]any{
		"kind": "whatsapp_cloud", "address": "+15005550099", "business_account_id": ourBusiness,
		"account": map[string]any{"phone_number_id": ourSecond, "access_token": ourOwnToken},
	})
	require.Equal(t, http.StatusCreated, status, made)
	require.Equal(t, map[string]any{"phone_number_id": ourSecond, "access_token": "****1111"}, made["account"], "nothing of the server's secret")
	live, err := vault.AccountSecrets(t.Context(), w.DB, settings.Meta, ourSecond)
	require.NoError(t, err)
	require.Equal(t, []string{ourOwnToken, appSecret}, live, "the app's secret signs")
	path += "/" + made["id"].(string)
	for business, want := range map[string]int{theirBusiness: http.StatusConflict, unseenBusiness: http.StatusUnprocessableEntity, "": http.StatusOK} {
		status, answer := w.api("PATCH", path, map[string]any{"business_account_id": business})
		require.Equal(t, want, status, answer)
	}
}

// TestABusinessOfAnotherCompany was entered before Meta was asked: once it is, that
// keeps its own company from nothing.
func TestABusinessOfAnotherCompany(t *testing.T) {
	t.Parallel()
	w, vault, others := sharedApp(t)
	status, made := w.api("POST", "/teams/"+w.team.ID+"/senders", map[string]any{
		"kind": "whatsapp_cloud", "address": "+15005550099", "account": map[string]any{"phone_number_id": ourSecond, "access_token": ourOwnToken},
	})
	require.Equal(t, http.StatusCreated, status, made)
	_, err := w.DB.Exec(`update senders set settings = settings || jsonb_build_object('business_account_id', $2::text) where id = $1`, made["id"], theirBusiness)
	require.NoError(t, err)
	claim := func() error {
		return others(func(e *settings.Edit) error {
			_, err := e.ConnectSender(t.Context(), vault, settings.Sender{
				Kind: channels.WhatsAppCloud, Address: "+15005550006", Settings: settings.SenderSettings{Business: theirBusiness},
			}, &settings.Credentials{PhoneNumberID: theirFirst, AccessToken: theirOwnToken})
			return err
		})
	}
	require.Error(t, claim(), "somebody has it, as far as anybody knows")
	path := "/teams/" + w.team.ID + "/senders/" + made["id"].(string)
	status, said := w.api("POST", path+"/check", nil)
	require.Equal(t, http.StatusOK, status, said)
	require.Equal(t, []any{map[string]any{"what": "business", "is": theirBusiness, "needs": ourSecond}}, said["findings"])
	require.NoError(t, claim())
	status, said = w.api("PATCH", path, map[string]any{"business_account_id": ourBusiness})
	require.Equal(t, http.StatusOK, status, said)
	status, said = w.api("POST", path+"/check", nil)
	require.Equal(t, http.StatusOK, status, said)
	require.Equal(t, []any{map[string]any{"what": "business", "is": ourBusiness}}, said["findings"])
	status, said = w.api("POST", path+"/check?set=true", nil)
	require.Equal(t, http.StatusUnprocessableEntity, status, "there is nothing to set at Meta: %v", said)
}
