package app

import (
	"io"
	"log/slog"
	"os"

	"ringback/channels/phone"
)

func (c Config) level() (slog.Level, error) {
	var level slog.Level
	err := level.UnmarshalText([]byte(c.LogLevel))
	return level, err
}

// Logger returns the log that the configuration asks for, on standard error.
func (c Config) Logger() *slog.Logger { return c.logger(os.Stderr) }

func (c Config) logger(to io.Writer) *slog.Logger {
	level, _ := c.level()
	options := &slog.HandlerOptions{Level: level, ReplaceAttr: shortened}
	if c.LogFormat == "json" {
		return slog.New(slog.NewJSONHandler(to, options))
	}
	return slog.New(slog.NewTextHandler(to, options))
}

// shortened leaves no whole phone number in a log, whoever logs it: providers, and
// whatever else goes wrong, quote them in words of their own.
func shortened(_ []string, a slog.Attr) slog.Attr {
	switch a.Value.Kind() {
	case slog.KindString, slog.KindAny:
		whole := a.Value.String()
		if err, ok := a.Value.Any().(error); ok {
			whole = err.Error()
		}
		if short := phone.Shortened(whole); short != whole {
			a.Value = slog.StringValue(short)
		}
	}
	return a
}
