package api_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/channels"
	"ringback/settings"
	"ringback/webhooks/api/apitest"
)

const (
	environmentSID = "ACeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee"
	ownSID         = "AC00112233445566778899aabbccddeeff"
)

func TestSendersOfEveryKind(t *testing.T) {
	w := newWorld(t)
	for _, one := range []struct {
		kind, address string
		perSecond     float64
	}{
		{"sms", "+15005550006", 1},
		{"sms", "+12025550100", 1},
		{"sms", "+18885550100", 3},
		{"sms", "72345", 100},
		{"voice", "+15005550006", 1},
		{"whatsapp_twilio", "+48123456789", 80},
		{"webchat", "green-valley", 80},
	} {
		made := w.Must(http.StatusCreated, "POST", w.team+"/senders", object{"kind": one.kind, "address": one.address})
		require.Equal(t, one.kind, made["kind"])
		require.Equal(t, one.address, made["address"])
		require.Equal(t, one.perSecond, made["messages_per_second"], "%v", one)
		require.Nil(t, made["account"])
		require.NotEmpty(t, made["id"])
		require.NotEmpty(t, made["created_at"])
		require.NotEmpty(t, made["updated_at"])
	}
	require.Len(t, apitest.Items(w.Must(http.StatusOK, "GET", w.team+"/senders", nil)), 7)
}

func TestWhatCannotBeASender(t *testing.T) {
	w := newWorld(t)
	for _, one := range []struct {
		field string
		body  object
	}{
		{"kind", object{"kind": "pigeon", "address": "+15005550006"}},
		{"kind", object{"address": "+15005550006"}},
		{"address", object{"kind": "sms"}},
		{"address", object{"kind": "sms", "address": "15005550006"}},
		{"address", object{"kind": "sms", "address": "+1 500 555 0006"}},
		{"address", object{"kind": "sms", "address": "whatsapp:+15005550006"}},
		{"address", object{"kind": "sms", "address": "+1500555"}},
		{"address", object{"kind": "sms", "address": "12"}},
		{"address", object{"kind": "sms", "address": "+999999999999999"}},
		{"address", object{"kind": "voice", "address": "72345"}},
		{"address", object{"kind": "webchat", "address": "two words"}},
		{"messages_per_second", object{"kind": "sms", "address": "+15005550006", "messages_per_second": -1}},
		{"messages_per_second", object{"kind": "sms", "address": "+15005550006", "messages_per_second": 1e9}},
		{"account.account_sid", object{"kind": "sms", "address": "+15005550006", "account": object{"account_sid": "AC1", "auth_token": "x"}}},
		{"account.auth_token", object{"kind": "sms", "address": "+15005550006", "account": object{"account_sid": ownSID}}},
		{"account.sid", object{"kind": "sms", "address": "+15005550006", "account": object{"sid": ownSID}}},
		{"account.phone_number_id", object{"kind": "whatsapp_cloud", "address": "+15005550006"}},
		{"account.phone_number_id", object{"kind": "whatsapp_cloud", "address": "+15005550006", "account": object{"access_token": "a", "app_secret": "b"}}},
		{"account.app_secret", object{"kind": "whatsapp_cloud", "address": "+15005550006", "account": object{"phone_number_id": "123456", "access_token": "a"}}},
		{"account", object{"kind": "webchat", "address": "site", "account": object{"account_sid": ownSID, "auth_token": "x"}}},
		{"color", object{"kind": "sms", "address": "+15005550006", "color": 1}},
	} {
		require.Contains(t, w.Refused(http.StatusUnprocessableEntity, "POST", w.team+"/senders", one.body), one.field, "%v", one.body)
	}
	require.Empty(t, apitest.Items(w.Must(http.StatusOK, "GET", w.team+"/senders", nil)))
}

func TestAnAddressIsOneSender(t *testing.T) {
	w := newWorld(t)
	body := object{"kind": "sms", "address": "+15005550006"}
	made := w.Must(http.StatusCreated, "POST", w.team+"/senders", body)
	require.Contains(t, w.Refused(http.StatusConflict, "POST", w.team+"/senders", body), "address")
	other := "/teams/" + w.Must(http.StatusCreated, "POST", "/teams", chicago("Other"))["id"].(string)
	w.Refused(http.StatusConflict, "POST", other+"/senders", body)
	w.Must(http.StatusCreated, "POST", other+"/senders", object{"kind": "voice", "address": "+15005550006"})
	w.Must(http.StatusCreated, "POST", other+"/senders", object{
		"kind": "sms", "address": "+15005550006",
		"account": object{"account_sid": ownSID, "auth_token": "token-of-the-other-account"},
	})
	w.Refused(http.StatusNotFound, "PATCH", other+"/senders/"+made["id"].(string), object{"observe": true})
	require.Equal(t, http.StatusNoContent, w.Do("DELETE", w.team+"/senders/"+made["id"].(string), nil).Status)
	w.Must(http.StatusCreated, "POST", w.team+"/senders", body)
}

func TestASendersSettings(t *testing.T) {
	w := newWorld(t)
	made := w.Must(http.StatusCreated, "POST", w.team+"/senders", object{"kind": "sms", "address": "+15005550006", "messages_per_second": 2.5})
	path := w.team + "/senders/" + made["id"].(string)
	require.Equal(t, 2.5, made["messages_per_second"])
	changed := w.Must(http.StatusOK, "PATCH", path, object{"own_keywords": true, "observe": true})
	require.Equal(t, 2.5, changed["messages_per_second"])
	require.Equal(t, true, changed["own_keywords"])
	require.Equal(t, true, changed["observe"])
	require.Equal(t, changed, w.Must(http.StatusOK, "PATCH", path, changed), "what GET answers can be sent back")
	require.Contains(t, w.Refused(http.StatusUnprocessableEntity, "PATCH", path, object{"address": "+12025550100"}), "address")
	w.Refused(http.StatusUnprocessableEntity, "PATCH", path, object{"kind": "voice"})
}

func TestSecretsAreWriteOnly(t *testing.T) {
	w := newWorld(t)
	account := object{"account_sid": ownSID, "auth_token": "first-token-aaaa1111"}
	made := w.Must(http.StatusCreated, "POST", w.team+"/senders", object{"kind": "sms", "address": "+15005550006", "account": account})
	require.Equal(t, object{"account_sid": ownSID, "auth_token": "****1111"}, made["account"])
	path := w.team + "/senders/" + made["id"].(string)
	w.Must(http.StatusCreated, "POST", w.team+"/senders", object{"kind": "voice", "address": "+15005550006", "account": account})

	secrets := func() []string {
		live, err := w.vault.AccountSecrets(t.Context(), w.db, settings.Twilio, ownSID)
		require.NoError(t, err)
		return live
	}
	require.Equal(t, []string{"first-token-aaaa1111"}, secrets())
	w.Must(http.StatusOK, "PATCH", path, made) // the masked token comes back
	require.Equal(t, []string{"first-token-aaaa1111"}, secrets())
	rotated := w.Must(http.StatusOK, "PATCH", path, object{"account": object{"account_sid": ownSID, "auth_token": "second-token-bbbb2222"}})
	require.Equal(t, "****2222", rotated["account"].(object)["auth_token"])
	require.Equal(t, []string{"second-token-bbbb2222", "first-token-aaaa1111"}, secrets())

	for _, path := range []string{"/senders", "/history"} {
		require.NotContains(t, w.Do("GET", w.team+path, nil).Text, "-token-", path)
	}
	var sealed []byte
	require.NoError(t, w.db.Get(&sealed, `select secrets from accounts`))
	require.NotContains(t, string(sealed), "token")
}

// TestAKeyOfAnAccountsAPI: it is sealed as the token, shown by its last four
// characters, proven at the provider, kept where nothing is said of it, and taken away
// where it is emptied; the token stays what webhooks are verified with.
func TestAKeyOfAnAccountsAPI(t *testing.T) {
	const key, second = "SK00112233445566778899aabbccddeeff", "SKffeeddccbbaa99887766554433221100"
	w := newWorld(t)
	asked := []string{}
	w.vault.Check = func(_ context.Context, _ string, account channels.Account) error {
		asked = append(asked, account.Secrets[0]+" "+account.Key.SID)
		if account.Key.Secret == "wrong-secret-eeee5555" {
			return &channels.SendError{Reason: channels.ReasonCredentials, Retry: channels.Later, Err: errors.New("refused")}
		}
		return nil
	}
	with := func(sid, secret string) object {
		return object{"account": object{"account_sid": ownSID, "auth_token": "first-token-aaaa1111", "api_key": sid, "api_key_secret": secret}}
	}
	stored := func() channels.Account {
		found, err := w.vault.Account(t.Context(), w.db, settings.Twilio, ownSID)
		require.NoError(t, err)
		return found
	}
	body := with(key, "first-secret-bbbb2222")
	body["kind"], body["address"] = "sms", "+15005550006"
	made := w.Must(http.StatusCreated, "POST", w.team+"/senders", body)
	shown := object{"account_sid": ownSID, "auth_token": "****1111", "api_key": key, "api_key_secret": "****2222"}
	require.Equal(t, shown, made["account"])
	require.Equal(t, []string{"first-token-aaaa1111 ", "first-token-aaaa1111 " + key}, asked, "both are proven, each by itself")
	first := channels.Account{ID: ownSID, Secrets: []string{"first-token-aaaa1111"}, Key: channels.APIKey{SID: key, Secret: "first-secret-bbbb2222"}}
	require.Equal(t, first, stored())

	path := w.team + "/senders/" + made["id"].(string)
	require.Equal(t, shown, w.Must(http.StatusOK, "PATCH", path, made)["account"], "what GET answers can be sent back")
	w.Must(http.StatusCreated, "POST", w.team+"/senders", object{
		"kind": "voice", "address": "+15005550006", "account": object{"account_sid": ownSID, "auth_token": "first-token-aaaa1111"},
	})
	require.Equal(t, first, stored(), "who says nothing of the key leaves it")

	for field, body := range map[string]object{
		"account.api_key":        with("SK1", "a secret"),
		"account.api_key ":       with("", "a secret"),
		"account.api_key_secret": with(second, ""),
		// the mask of another key's secret, and of no secret that there is
		"account.api_key_secret ":   with(second, "****2222"),
		"account.api_key_secret  ":  with(key, "****3333"),
		"account.api_key_secret   ": with(second, "wrong-secret-eeee5555"),
	} {
		require.Contains(t, w.Refused(http.StatusUnprocessableEntity, "PATCH", path, body), strings.TrimSpace(field), "%v", body)
	}
	require.Contains(t, w.Refused(http.StatusUnprocessableEntity, "POST", w.team+"/senders", object{
		"kind": "whatsapp_cloud", "address": "+15005550008",
		"account": object{"phone_number_id": "123456", "access_token": "a token", "app_secret": "a secret", "api_key": key, "api_key_secret": "a secret"},
	}), "account.api_key")
	require.Equal(t, first, stored())

	w.Must(http.StatusOK, "PATCH", path, with(second, "second-secret-cccc3333"))
	require.Equal(t, channels.APIKey{SID: second, Secret: "second-secret-cccc3333"}, stored().Key)
	require.Equal(t, first.Secrets, stored().Secrets, "the token did not change with it")
	for _, path := range []string{"/senders", "/history"} {
		require.NotContains(t, w.Do("GET", w.team+path, nil).Text, "-secret-", path)
	}
	require.Contains(t, w.Do("GET", w.team+"/history", nil).Text, second)
	var sealed []byte
	require.NoError(t, w.db.Get(&sealed, `select api_key from accounts`))
	require.NotContains(t, string(sealed), "secret")

	w.Must(http.StatusOK, "PATCH", path, object{"account": object{"account_sid": ownSID, "auth_token": "****1111", "api_key": ""}})
	require.Equal(t, channels.Account{ID: ownSID, Secrets: first.Secrets}, stored())
}

// Whoever may change one team is not to speak for the numbers of another: not
// by a token of their own for the account that both use, not by its mask, and
// not by a token that the provider does not know.
func TestAnAccountOfSeveralTeams(t *testing.T) {
	w := newWorld(t)
	account := object{"account_sid": ownSID, "auth_token": "first-token-aaaa1111"}
	made := w.Must(http.StatusCreated, "POST", w.team+"/senders", object{"kind": "sms", "address": "+15005550006", "account": account})
	other := w.Must(http.StatusCreated, "POST", "/teams", chicago("Other"))["id"].(string)
	bound := w.With(w.Must(http.StatusCreated, "POST", "/keys", object{"name": "other", "scopes": []string{"settings:write"}, "team": other})["key"].(string))
	secrets := func() []string {
		live, err := w.vault.AccountSecrets(t.Context(), w.db, settings.Twilio, ownSID)
		require.NoError(t, err)
		return live
	}
	for _, token := range []string{"stolen-token-bbbb2222", "****1111"} {
		sender := object{"kind": "voice", "address": "+15005550007", "account": object{"account_sid": ownSID, "auth_token": token}}
		require.Contains(t, bound.Refused(http.StatusConflict, "POST", "/teams/"+other+"/senders", sender), "account.account_sid")
	}
	require.Equal(t, []string{"first-token-aaaa1111"}, secrets())

	theirs := bound.Must(http.StatusCreated, "POST", "/teams/"+other+"/senders", object{"kind": "voice", "address": "+15005550007", "account": account})
	fresh := object{"account": object{"account_sid": ownSID, "auth_token": "fresh-token-cccc3333"}}
	require.Contains(t, bound.Refused(http.StatusConflict, "PATCH", "/teams/"+other+"/senders/"+theirs["id"].(string), fresh), "account.account_sid")

	w.vault.Check = func(_ context.Context, _ string, account channels.Account) error {
		if account.Secrets[0] == "fresh-token-cccc3333" {
			return nil
		}
		return &channels.SendError{Reason: channels.ReasonCredentials, Retry: channels.Later, Err: errors.New("refused")}
	}
	path := w.team + "/senders/" + made["id"].(string)
	wrong := object{"account": object{"account_sid": ownSID, "auth_token": "wrong-token-dddd4444"}}
	require.Contains(t, w.Refused(http.StatusUnprocessableEntity, "PATCH", path, wrong), "account.auth_token")
	require.Equal(t, []string{"first-token-aaaa1111"}, secrets())
	w.Must(http.StatusOK, "PATCH", path, fresh)
	require.Equal(t, []string{"fresh-token-cccc3333", "first-token-aaaa1111"}, secrets())
	for _, team := range []string{w.teamID, other} {
		require.Contains(t, w.Do("GET", "/teams/"+team+"/history", nil).Text, `"****3333"`, "every team that uses it hears of it")
	}
	w.vault.Check = func(context.Context, string, channels.Account) error {
		return &channels.SendError{Reason: channels.ReasonUnavailable, Retry: channels.Later, Err: errors.New("away")}
	}
	require.Contains(t, w.Refused(http.StatusConflict, "PATCH", path, wrong), "account.account_sid")

	bound.Do("DELETE", "/teams/"+other+"/senders/"+theirs["id"].(string), nil)
	gone := apitest.Items(bound.Must(http.StatusOK, "GET", "/teams/"+other+"/history", nil))[0]["id"].(string)
	require.Contains(t, bound.Refused(http.StatusConflict, "POST", "/teams/"+other+"/history/"+gone+"/restore", nil), "account.account_sid", "nor by bringing back what was")
	w.Must(http.StatusOK, "POST", "/teams/"+other+"/history/"+gone+"/restore", nil)
}

// Where something plays the provider that knows no accounts, an account that is nobody's
// can be entered all the same: of the rest nothing is believed, and one that is there is
// not changed.
func TestAnAccountAtWhatPlaysTheProvider(t *testing.T) {
	w := newWorld(t)
	answer := channels.Unversed(&channels.SendError{Reason: channels.ReasonRejected, Code: "404", Err: errors.New("HTTP status 404")})
	w.vault.Check = func(context.Context, string, channels.Account) error { return answer }
	number := func(secret string) object {
		return object{"kind": "whatsapp_cloud", "address": "+15005550008", "account": object{"phone_number_id": "123456", "access_token": "a token", "app_secret": secret}}
	}
	made := w.Must(http.StatusCreated, "POST", w.team+"/senders", object{"kind": "sms", "address": "+15005550006", "account": object{"account_sid": ownSID, "auth_token": "first-token-aaaa1111"}})
	w.Must(http.StatusCreated, "POST", w.team+"/senders", number("a secret"))
	require.Contains(t, w.Refused(http.StatusConflict, "PATCH", w.team+"/senders/"+made["id"].(string),
		object{"account": object{"account_sid": ownSID, "auth_token": "other-token-bbbb2222"}}), "account.account_sid")

	w.vault.Environment[settings.Meta] = channels.Account{Secrets: []string{"environment token", "the app's secret"}}
	shared := number("")
	shared["address"], shared["account"].(object)["phone_number_id"] = "+15005550009", "654321"
	require.Contains(t, w.Refused(http.StatusConflict, "POST", w.team+"/senders", shared), "account.phone_number_id", "the server's own app signs for it")

	for _, no := range []*channels.SendError{
		{Reason: channels.ReasonCredentials, Code: "401", Retry: channels.Later}, {Reason: channels.ReasonRejected, Code: "100"}, {Reason: channels.ReasonRejected, Code: "20404"},
	} {
		no.Err = errors.New("refused")
		answer = channels.Unversed(no)
		require.Contains(t, w.Refused(http.StatusUnprocessableEntity, "POST", w.team+"/senders",
			object{"kind": "sms", "address": "+15005550007", "account": object{"account_sid": "AC00000000000000000000000000000042", "auth_token": "a token of 17 ch"}}), "account.auth_token", no.Code)
	}
}

// What GET shows of a secret is no secret: not of a new account, and not of
// one whose secret is another.
func TestAMaskIsNoSecret(t *testing.T) {
	w := newWorld(t)
	for _, one := range []struct {
		field string
		body  object
	}{
		{"account.auth_token", object{"kind": "sms", "address": "+15005550006", "account": object{"account_sid": ownSID, "auth_token": "****6789"}}},
		{"account.access_token", object{"kind": "whatsapp_cloud", "address": "+15005550006", "account": object{"phone_number_id": "123456", "access_token": "****6789", "app_secret": "secret"}}},
		{"account.app_secret", object{"kind": "whatsapp_cloud", "address": "+15005550006", "account": object{"phone_number_id": "123456", "access_token": "token", "app_secret": "****"}}},
	} {
		require.Contains(t, w.Refused(http.StatusUnprocessableEntity, "POST", w.team+"/senders", one.body), one.field)
	}
}

// Meta's numbers without secrets use the server's own: not those that another
// company stored for the number.
func TestAnotherCompanysNumberAtMeta(t *testing.T) {
	w := newWorld(t)
	theirs := strings.TrimPrefix(w.stranger(t), "/teams/")
	_, err := settings.EditTeam(t.Context(), w.db, stranger, theirs, "test", func(e *settings.Edit) error {
		_, err := e.UseAccount(t.Context(), w.vault, settings.Meta, "106540352242922", []string{"their-token", "their-secret"}, nil)
		return err
	})
	require.NoError(t, err)
	sender := object{"kind": "whatsapp_cloud", "address": "+15005550006", "account": object{"phone_number_id": "106540352242922"}}
	require.Contains(t, w.Refused(http.StatusConflict, "POST", w.team+"/senders", sender), "account.phone_number_id")
}

func TestTheEnvironmentsAccountIsNotStored(t *testing.T) {
	w := newWorld(t)
	made := w.Must(http.StatusCreated, "POST", w.team+"/senders", object{
		"kind": "sms", "address": "+15005550006",
		"account": object{"account_sid": environmentSID, "auth_token": "environment-token-1234"},
	})
	require.Nil(t, made["account"])
	w.Refused(http.StatusConflict, "POST", w.team+"/senders", object{
		"kind": "voice", "address": "+15005550006",
		"account": object{"account_sid": environmentSID, "auth_token": "guessed"},
	})
	var stored int
	require.NoError(t, w.db.Get(&stored, `select count(*) from accounts`))
	require.Zero(t, stored)
}

func TestAnotherCompanysAccountStaysTheirs(t *testing.T) {
	w := newWorld(t)
	theirs := strings.TrimPrefix(w.stranger(t), "/teams/")
	_, err := settings.EditTeam(t.Context(), w.db, "11111111-1111-7111-8111-111111111111", theirs, "test", func(e *settings.Edit) error {
		_, err := e.UseAccount(t.Context(), w.vault, settings.Twilio, ownSID, []string{"their-token-cccc3333"}, nil)
		return err
	})
	require.NoError(t, err)
	a := w.Do("POST", w.team+"/senders", object{"kind": "sms", "address": "+15005550006", "account": object{"account_sid": ownSID, "auth_token": "mine"}})
	require.Equal(t, http.StatusConflict, a.Status, a.Text)
	require.NotContains(t, a.Text, "3333")
	require.NotContains(t, a.Text, "1111")
	live, err := w.vault.AccountSecrets(t.Context(), w.db, settings.Twilio, ownSID)
	require.NoError(t, err)
	require.Equal(t, []string{"their-token-cccc3333"}, live)
}

func TestMetaSenders(t *testing.T) {
	w := newWorld(t)
	made := w.Must(http.StatusCreated, "POST", w.team+"/senders", object{
		"kind": "whatsapp_cloud", "address": "+15005550006",
		"account": object{"phone_number_id": "106540352242922", "access_token": "meta-access-token-4444", "app_secret": "meta-app-secret-5555"},
	})
	require.Equal(t, object{"phone_number_id": "106540352242922", "access_token": "****4444", "app_secret": "****5555"}, made["account"])
	environments := w.Must(http.StatusCreated, "POST", w.team+"/senders", object{
		"kind": "whatsapp_cloud", "address": "+12025550100",
		"account": object{"phone_number_id": "206540352242922"},
	})
	require.Equal(t, object{"phone_number_id": "206540352242922"}, environments["account"])
}

// A call to the phone of one of the staff that is a sender as well would come
// back, again and again: whichever is saved second is refused.
func TestAnAdvisorsPhoneIsNoSender(t *testing.T) {
	w := newWorld(t)
	w.Must(http.StatusCreated, "POST", w.team+"/senders", object{"kind": "voice", "address": "+15005550006"})
	require.Contains(t, w.Refused(http.StatusUnprocessableEntity, "POST", "/staff", w.ann(object{"phone": "+15005550006"})), "phone")
	path := "/staff/" + w.Must(http.StatusCreated, "POST", "/staff", w.ann(nil))["id"].(string)
	require.Contains(t, w.Refused(http.StatusUnprocessableEntity, "PATCH", path, object{"phone": "+15005550006"}), "phone")
	sender := object{"kind": "sms", "address": w.ann(nil)["phone"]}
	require.Contains(t, w.Refused(http.StatusUnprocessableEntity, "POST", w.team+"/senders", sender), "address")
	w.Must(http.StatusOK, "PATCH", path, object{"active": false})
	w.Must(http.StatusCreated, "POST", w.team+"/senders", sender)
}
