package console

import "html/template"

// icons are strokes in a box of 24; each stands beside its label.
var icons = map[string]string{
	"tickets":     `<path d="M4 5h16v11H9l-5 4z"/>`,
	"decisions":   `<path d="M12 3v6m0 0-6 5v7m6-12 6 5v7"/>`,
	"deliveries":  `<path d="m3 11 18-8-7 18-3-7z"/>`,
	"automations": `<path d="M4 4h16v12H8l-4 4zM8 8h8M8 12h5"/>`,
	"schedules":   `<path d="M4 6h16v14H4zM4 10h16M8 3v4M16 3v4"/>`,
	"team":        `<path d="M4 20v-1a5 5 0 0 1 10 0v1M9 11a3 3 0 1 0 0-6 3 3 0 0 0 0 6M16 5a3 3 0 0 1 0 6M17 14a5 5 0 0 1 3 5v1"/>`,
	"teams":       `<path d="M3 9h18M5 9l1-5h12l1 5M5 9v11h14V9M10 20v-6h4v6"/>`,
	"senders":     `<path d="M7 3h10v18H7zM11 18h2"/>`,
	"replies":     `<path d="M9 7H5v5h4v-5c0 4-1 6-4 7m15-7h-4v5h4v-5c0 4-1 6-4 7"/>`,
	"attach":      `<path d="m20 11-8.500 8.500a5 5 0 0 1-7-7L13 4a3.300 3.300 0 0 1 5 5l-8.500 8.500a1.700 1.700 0 0 1-2.500-2.500l8-8"/>`,
	"hooks":       `<path d="M9 7V3M15 7V3M6 7h12v4a6 6 0 0 1-12 0zM12 17v4"/>`,
	"contacts":    `<path d="M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8M5 21a7 7 0 0 1 14 0"/>`,
	"staff":       `<path d="M15 7a4 4 0 1 0-4 4M4 21a7 7 0 0 1 8-6.9M15 17l2 2 4-4"/>`,
	"privacy":     `<path d="M12 3 5 6v5c0 5 3 8.500 7 10 4-1.500 7-5 7-10V6zM9 12l2 2 4-4"/>`,
	"try":         `<path d="M10 3v6l-6 10a1 1 0 0 0 1 2h14a1 1 0 0 0 1-2L14 9V3M8 3h8"/>`,
	"reports":     `<path d="M4 20V10M10 20V4M16 20v-7M22 20H2"/>`,
	"traffic":     `<path d="M3 12h4l3-8 4 16 3-8h4"/>`,
	"ratings":     `<path d="m12 3 2.7 5.8 6.3.7-4.700 4.300 1.300 6.200L12 17l-5.600 3 1.300-6.200L3 9.500l6.300-.7z"/>`,
	"history":     `<path d="M3 12a9 9 0 1 0 3-6.7L3 8M3 3v5h5M12 7v5l3 2"/>`,
	"help":        `<path d="M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18M9.5 9.5a2.5 2.5 0 1 1 3.5 2.3c-.7.3-1 .8-1 1.7M12 17h.01"/>`,
	"menu":        `<path d="M4 6h16M4 12h16M4 18h16"/>`,
	"search":      `<path d="M11 18a7 7 0 1 0 0-14 7 7 0 0 0 0 14M20 20l-4-4"/>`,
	"phone":       `<path d="M6 3h3l2 5-3 2a12 12 0 0 0 6 6l2-3 5 2v3a2 2 0 0 1-2 2A16 16 0 0 1 4 5a2 2 0 0 1 2-2z"/>`,
	"close":       `<path d="M6 6l12 12M18 6 6 18"/>`,
	"open":        `<path d="m9 6 6 6-6 6"/>`,
	"check":       `<path d="m5 13 4 4L19 7"/>`,
	"up":          `<path d="m6 15 6-6 6 6"/>`,
	"down":        `<path d="m6 9 6 6 6-6"/>`,
	"drag":        `<path d="M9 6h.01M15 6h.01M9 12h.01M15 12h.01M9 18h.01M15 18h.01"/>`,
	"plus":        `<path d="M12 5v14M5 12h14"/>`,
	"alert":       `<path d="M12 4 2 20h20zM12 10v4M12 17h.01"/>`,
	"play":        `<path d="M7 4v16l13-8z"/>`,
	"file":        `<path d="M6 3h8l4 4v14H6zM14 3v4h4"/>`,
	"notices":     `<path d="M6 17V11a6 6 0 0 1 12 0v6l2 2H4zM10 21h4"/>`,
	"suggest":     `<path d="M4 20h4L19 9l-4-4L4 16zM13 7l4 4M19 15v4M17 17h4"/>`,
	"account":     `<path d="M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8M5 21a7 7 0 0 1 14 0"/>`,
}

func icon(name string) template.HTML {
	return template.HTML(`<svg class="icon" viewBox="0 0 24 24" aria-hidden="true">` + icons[name] + `</svg>`) // #nosec G203 -- our own strokes
}
