// The widget, bundled from widget.src.js.
