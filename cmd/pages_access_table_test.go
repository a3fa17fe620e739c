package cmd_test

// Who sees which page of the console and may send which of its forms, written
// down a second time: the test compares it with what the running service
// answers. A new address needs a line here.

// Beside what a page is about, everybody but strangers has to see settings:
// each page names the company.
const (
	pageOfSettings = seeSettings
	openPage       = "nobody, " + pageOfSettings
	formOfSettings = editSettings
	formOfCompany  = editCompany
	pageOfTickets  = "admin, manager, advisor, bound"
	pageOfManagers = "admin, manager, bound"
	pageOfAdmins   = "admin"
)

// pageAccess is one address's line. Then is what those who may get when they
// send an empty form, or look, with an id that nothing has; person is the same
// for people, where it is another one.
type pageAccess struct {
	who    string
	then   int
	person int
}

var pageTable = map[string]pageAccess{
	"GET /":                  {who: pageOfSettings, then: 303},
	"GET /teams":             {who: pageOfSettings, then: 200},
	"POST /teams":            {who: formOfCompany, then: 422},
	"GET /teams/new":         {who: formOfCompany, then: 200},
	"GET /teams/:team":       {who: pageOfSettings, then: 303},
	"GET /teams/:team/moves": {who: pageOfTickets, then: 200},

	"GET /teams/:team/tickets":                 {who: pageOfTickets, then: 200},
	"POST /teams/:team/tickets":                {who: pageOfTickets, then: 422},
	"GET /search":                              {who: pageOfTickets, then: 200},
	"POST /teams/:team/tickets/:id/planned":    {who: pageOfTickets, then: 200},
	"GET /teams/:team/tickets/:id/ending":      {who: pageOfTickets, then: 404},
	"GET /teams/:team/conversations/new":       {who: pageOfTickets, then: 200},
	"POST /teams/:team/tickets/:id/draft":      {who: pageOfTickets, then: 200},
	"POST /teams/:team/tickets/:id/suggestion": {who: pageOfTickets, then: 404},
	"POST /teams/:team/tickets/:id/block":      {who: pageOfTickets, then: 404},
	"POST /teams/:team/conversations/draft":    {who: pageOfTickets, then: 200},
	"POST /teams/:team/conversations":          {who: pageOfTickets, then: 422},
	"GET /teams/:team/replies":                 {who: pageOfTickets, then: 200},
	"POST /teams/:team/replies":                {who: pageOfTickets, then: 422},
	"POST /teams/:team/replies/:id":            {who: pageOfTickets, then: 404},
	"POST /teams/:team/replies/:id/delete":     {who: pageOfTickets, then: 200},
	"GET /teams/:team/labels":                  {who: pageOfTickets, then: 200},
	"POST /teams/:team/labels":                 {who: formOfSettings, then: 422},
	"POST /teams/:team/labels/:id/delete":      {who: formOfSettings, then: 200},
	"POST /teams/:team/tickets/:id/labels":     {who: pageOfTickets, then: 404},
	"POST /teams/:team/tickets/:id/snooze":     {who: pageOfTickets, then: 404},
	"GET /teams/:team/tickets/:id":             {who: pageOfTickets, then: 404},
	"GET /teams/:team/tickets/:id/live":        {who: pageOfTickets, then: 404},
	"POST /teams/:team/tickets/:id/typing":     {who: pageOfTickets, then: 404},
	"POST /teams/:team/tickets/:id/read":       {who: pageOfTickets, then: 404},
	"POST /teams/:team/tickets/:id":            {who: pageOfTickets, then: 404},
	"POST /teams/:team/tickets/:id/messages":   {who: pageOfTickets, then: 404},
	"POST /teams/:team/tickets/:id/requests":   {who: pageOfTickets, then: 404},
	"POST /teams/:team/tickets/:id/cancel":     {who: pageOfTickets, then: 200},
	"POST /teams/:team/tickets/:id/answer":     {who: pageOfTickets, then: 404},
	"POST /teams/:team/tickets/:id/refusal":    {who: pageOfTickets, then: 404},
	"POST /teams/:team/tickets/:id/calls":      {who: pageOfTickets, then: 404},
	"POST /teams/:team/tickets/:id/share":      {who: pageOfTickets, then: 404},
	"POST /teams/:team/tickets/:id/join":       {who: pageOfTickets, then: 200},
	"GET /teams/:team/decisions":               {who: pageOfTickets, then: 200},
	"GET /teams/:team/decisions/:id":           {who: pageOfTickets, then: 404},
	"POST /teams/:team/decisions/:id/retry":    {who: pageOfManagers, then: 404},
	"GET /teams/:team/deliveries":              {who: pageOfTickets, then: 200},
	"POST /teams/:team/deliveries/:id/retry":   {who: pageOfManagers, then: 404},
	"POST /teams/:team/tickets/undo":           {who: pageOfTickets, then: 422},

	"GET /teams/:team/automations":                {who: pageOfSettings, then: 200},
	"POST /teams/:team/automations":               {who: formOfSettings, then: 409},
	"POST /teams/:team/automations/:key/preview":  {who: pageOfSettings, then: 404},
	"GET /teams/:team/schedules":                  {who: pageOfSettings, then: 200},
	"POST /teams/:team/schedules":                 {who: formOfSettings, then: 422},
	"POST /teams/:team/schedules/order":           {who: formOfSettings, then: 422},
	"GET /teams/:team/schedules/new":              {who: formOfSettings, then: 200},
	"GET /teams/:team/schedules/:id":              {who: pageOfSettings, then: 404},
	"POST /teams/:team/schedules/:id":             {who: formOfSettings, then: 404},
	"POST /teams/:team/schedules/:id/switch":      {who: formOfSettings, then: 404},
	"POST /teams/:team/schedules/:id/delete":      {who: formOfSettings, then: 200},
	"GET /teams/:team/holidays":                   {who: pageOfSettings, then: 200},
	"POST /teams/:team/holidays":                  {who: formOfSettings, then: 422},
	"GET /teams/:team/holidays/new":               {who: formOfSettings, then: 200},
	"POST /teams/:team/holidays/close":            {who: formOfSettings, then: 422},
	"POST /teams/:team/holidays/import":           {who: formOfSettings, then: 400},
	"GET /teams/:team/holidays/:id":               {who: formOfSettings, then: 404},
	"POST /teams/:team/holidays/:id":              {who: formOfSettings, then: 404},
	"POST /teams/:team/holidays/:id/delete":       {who: formOfSettings, then: 200},
	"GET /teams/:team/team":                       {who: pageOfSettings, then: 200},
	"POST /teams/:team/team":                      {who: formOfSettings, then: 303},
	"POST /teams/:team/company":                   {who: formOfCompany, then: 422},
	"GET /teams/:team/senders":                    {who: pageOfSettings, then: 200},
	"POST /teams/:team/senders":                   {who: formOfSettings, then: 422},
	"GET /teams/:team/senders/new":                {who: formOfSettings, then: 200},
	"GET /teams/:team/templates":                  {who: pageOfSettings, then: 200},
	"POST /teams/:team/senders/:id":               {who: formOfSettings, then: 404},
	"POST /teams/:team/senders/:id/check":         {who: formOfSettings, then: 404},
	"POST /teams/:team/senders/:id/test":          {who: formOfSettings, then: 404},
	"POST /teams/:team/first-steps":               {who: formOfSettings, then: 303},
	"POST /teams/:team/senders/:id/delete":        {who: formOfSettings, then: 200},
	"POST /teams/:team/senders/:id/identity-keys": {who: formOfSettings, then: 404},

	"POST /teams/:team/senders/:id/identity-keys/end": {who: formOfSettings, then: 200},

	"GET /hooks":      {who: formOfCompany, then: 200},
	"POST /hooks":     {who: formOfCompany, then: 422},
	"GET /hooks/:id":  {who: formOfCompany, then: 404},
	"POST /hooks/:id": {who: formOfCompany, then: 404},

	"GET /teams/:team/contacts":              {who: pageOfTickets, then: 200},
	"POST /teams/:team/contacts":             {who: pageOfTickets, then: 422},
	"POST /teams/:team/contacts/import":      {who: pageOfTickets, then: 400},
	"GET /teams/:team/contacts/:id":          {who: pageOfTickets, then: 404},
	"POST /teams/:team/contacts/:id":         {who: pageOfTickets, then: 404},
	"POST /teams/:team/contacts/:id/refusal": {who: pageOfTickets, then: 404},
	"POST /teams/:team/contacts/:id/block":   {who: pageOfTickets, then: 404},
	"POST /teams/:team/contacts/:id/merge":   {who: pageOfTickets, then: 200},
	"GET /teams/:team/contacts/:id/export":   {who: pageOfAdmins, then: 404},
	"POST /teams/:team/contacts/:id/erase":   {who: pageOfAdmins, then: 200},
	"GET /privacy":                           {who: pageOfAdmins, then: 200},
	"POST /privacy":                          {who: pageOfAdmins, then: 303},
	"GET /audit":                             {who: pageOfAdmins, then: 200},
	"GET /audit.csv":                         {who: pageOfAdmins, then: 200},
	"GET /traffic":                           {who: "admin, settings:read, settings:write", then: 200},
	"GET /teams/:team/consents.csv":          {who: pageOfTickets, then: 200},

	"GET /staff":             {who: pageOfManagers, then: 200},
	"POST /staff":            {who: pageOfAdmins, then: 422},
	"GET /staff/:id":         {who: pageOfManagers, then: 404},
	"POST /staff/:id":        {who: pageOfAdmins, then: 422},
	"POST /staff/:id/invite": {who: pageOfAdmins, then: 404},

	"POST /staff/:id/disconnect":    {who: pageOfAdmins, then: 200},
	"POST /staff/:id/second-factor": {who: pageOfAdmins, then: 200},
	"POST /second-factor":           {who: formOfCompany, then: 303},
	"POST /keys":                    {who: pageOfAdmins, then: 422},
	"POST /keys/:id/revoke":         {who: pageOfAdmins, then: 200},

	"GET /teams/:team/try":                  {who: pageOfTickets, then: 200},
	"GET /teams/:team/reports":              {who: pageOfTickets, then: 200},
	"GET /teams/:team/reports.csv":          {who: pageOfTickets, then: 200},
	"GET /teams/:team/ratings":              {who: pageOfTickets, then: 200},
	"GET /teams/:team/history":              {who: pageOfSettings, then: 200},
	"POST /teams/:team/history/:id/restore": {who: formOfSettings, then: 422},
	"GET /history":                          {who: pageOfAdmins, then: 200},
	"POST /history/:id/restore":             {who: pageOfAdmins, then: 422},
	"GET /help":                             {who: pageOfSettings, then: 200},

	"GET /notices":                     {who: signedIn, then: 200},
	"POST /notices":                    {who: signedIn, then: 303},
	"POST /notices/test":               {who: signedIn, then: 422},
	"POST /notices/devices/:id/remove": {who: signedIn, then: 200},

	"POST /language": {who: openPage, then: 303},
	"GET /sign-in":   {who: openPage, then: 200, person: 303},
	"POST /sign-in":  {who: openPage, then: 422},

	"GET /forgot-password":  {who: openPage, then: 200},
	"POST /forgot-password": {who: openPage, then: 422},

	"GET /sign-in/code":  {who: openPage, then: 303},
	"POST /sign-in/code": {who: openPage, then: 401}, // to begin anew

	"POST /sign-in/passkey/start": {who: openPage, then: 422}, // no key to seal with
	"POST /sign-in/passkey":       {who: openPage, then: 422},

	"GET /sign-in/provider":          {who: openPage, then: 404}, // there is none
	"GET /sign-in/provider/callback": {who: openPage, then: 404},
	"POST /sign-in/provider/logout":  {who: openPage, then: 404},

	"POST /sign-out":                       {who: signedIn, then: 303},
	"GET /welcome/:token":                  {who: openPage, then: 404},
	"POST /welcome/:token":                 {who: openPage, then: 404},
	"GET /set-password/:token":             {who: openPage, then: 404},
	"POST /set-password/:token":            {who: openPage, then: 404},
	"GET /account":                         {who: pageOfSettings, then: 200},
	"GET /account/prove":                   {who: signedIn, then: 303},
	"POST /account/prove":                  {who: signedIn, then: 303},
	"GET /account/prove/provider":          {who: signedIn, then: 404},
	"GET /account/provider":                {who: signedIn, then: 404},
	"GET /account/second-factor":           {who: signedIn, then: 200},
	"POST /account/second-factor":          {who: signedIn, then: 422}, // no key to keep it with
	"POST /account/second-factor/confirm":  {who: signedIn, then: 404},
	"POST /account/second-factor/recovery": {who: signedIn, then: 404},
	"POST /account/second-factor/remove":   {who: signedIn, then: 200},
	"POST /account/passkeys/start":         {who: signedIn, then: 422}, // no key to seal with
	"POST /account/passkeys":               {who: signedIn, then: 422},
	"POST /account/passkeys/:id/remove":    {who: signedIn, then: 200},

	"POST /account/sessions": {who: signedIn, then: 200},
	"POST /account/password": {who: signedIn, then: 422},
}

// notPages are the beginnings of addresses that are no pages of the console, and
// who looks after those.
var notPages = map[string]string{
	"/api/v1/":     "access_table_test.go",
	"/webhooks/":   "the providers sign what they send",
	"/chat/":       "a website's visitors: webhooks/chat",
	"/r/":          "customers by their links: webhooks/pages",
	"/c/":          "everybody: a team's contact page",
	"/m/":          "providers by their links: gateway/media",
	"/assets/":     "everybody: what pages are made of",
	"/console/":    "everybody: what pages are made of",
	"/favicon.ico": "everybody: there is none",
	"/docs":        "everybody: what the API's routes are",
	"/livez":       "everybody: whether we run",
	"/metrics":     "neighbors: cmd/e2e/metrics_test.go",
	"/readyz":      "everybody: whether we work",
}
