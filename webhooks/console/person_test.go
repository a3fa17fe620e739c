package console

import (
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/webhooks/web/i18n"
)

func TestCalled(t *testing.T) {
	v := &View{Words: i18n.Empty().Match("en", "")}
	require.Equal(t, "+13125550142", v.Called("+13125550142"))
	require.Equal(t, "US.13491208655302741918", v.Called("US.13491208655302741918"))
	require.Equal(t, "v_not one of ours", v.Called("v_not one of ours"))
	require.NotContains(t, v.Called("v_b7d4067c7e43730fb137575ae58eb7dd"), "b7d4067c", "nobody reads that")
}
