// What the widget says, one line a phrase, in the order of tags.

const tags = ["en", "pl", "de", "fr", "es", "it", "pt-BR"];

const phrases = {
  chat: ["Chat", "Czat", "Chat", "Chat", "Chat", "Chat", "Chat"],
  open: ["Open chat", "Otwórz czat", "Chat öffnen", "Ouvrir le chat", "Abrir el chat", "Apri la chat", "Abrir o chat"],
  close: ["Close chat", "Zamknij czat", "Chat schließen", "Fermer le chat", "Cerrar el chat", "Chiudi la chat", "Fechar o chat"],
  unread: ["New messages: {n}", "Nowe wiadomości: {n}", "Neue Nachrichten: {n}", "Nouveaux messages : {n}", "Mensajes nuevos: {n}", "Nuovi messaggi: {n}", "Mensagens novas: {n}"],
  messages: ["Messages", "Wiadomości", "Nachrichten", "Messages", "Mensajes", "Messaggi", "Mensagens"],
  write: ["Your message", "Wiadomość", "Ihre Nachricht", "Votre message", "Su mensaje", "Il Suo messaggio", "Sua mensagem"],
  send: ["Send", "Wyślij", "Senden", "Envoyer", "Enviar", "Invia", "Enviar"],
  attach: ["Send a file", "Wyślij plik", "Datei senden", "Envoyer un fichier", "Enviar un archivo", "Invia un file", "Enviar um arquivo"],
  file: ["File", "Plik", "Datei", "Fichier", "Archivo", "File", "Arquivo"],
  hello: ["Hello! How can we help?", "Dzień dobry! W czym możemy pomóc?", "Guten Tag! Wie können wir helfen?", "Bonjour ! Comment pouvons-nous vous aider ?", "¡Hola! ¿En qué podemos ayudarle?", "Buongiorno! Come possiamo aiutarLa?", "Olá! Como podemos ajudar?"],
  now: ["We are here now", "Jesteśmy dostępni", "Wir sind jetzt da", "Nous sommes là", "Estamos disponibles ahora", "Siamo qui ora", "Estamos aqui agora"],
  back: ["We are closed, back {when}", "Teraz zamknięte, wracamy: {when}", "Wir haben geschlossen, zurück: {when}", "Nous sommes fermés, de retour {when}", "Está cerrado, volvemos: {when}", "Siamo chiusi, torniamo: {when}", "Estamos fechados, voltamos: {when}"],
  yours: [" (your time {when})", " (czasu lokalnego: {when})", " (Ihre Zeit: {when})", " (votre heure : {when})", " (su hora: {when})", " (ora Sua: {when})", " (seu horário: {when})"],
  closed: ["We are closed at the moment", "Obecnie zamknięte", "Zurzeit geschlossen", "Nous sommes fermés pour le moment", "Está cerrado por el momento", "Al momento siamo chiusi", "Estamos fechados no momento"],
  leave: ["Leave a message", "Zostaw wiadomość", "Nachricht hinterlassen", "Laisser un message", "Dejar un mensaje", "Lascia un messaggio", "Deixar uma mensagem"],
  leaveWhy: ["We get back to you when we are here again.", "Odezwiemy się po powrocie.", "Wir melden uns, sobald wir wieder da sind.", "Nous reviendrons vers vous à notre retour.", "Le responderemos cuando volvamos.", "Le risponderemo al nostro ritorno.", "Responderemos quando voltarmos."],
  instead: ["Write in the chat", "Napisz na czacie", "Im Chat schreiben", "Écrire dans le chat", "Escribir en el chat", "Scrivi in chat", "Escrever no chat"],
  name: ["Your name (optional)", "Imię i nazwisko (opcjonalnie)", "Ihr Name (freiwillig)", "Votre nom (facultatif)", "Su nombre (opcional)", "Il Suo nome (facoltativo)", "Seu nome (opcional)"],
  phone: ["Your phone number, with + and country code (optional)", "Numer telefonu, z + i kierunkowym kraju (opcjonalnie)", "Ihre Telefonnummer, mit + und Ländervorwahl (freiwillig)", "Votre téléphone, avec + et l’indicatif (facultatif)", "Su teléfono, con + y prefijo (opcional)", "Il Suo telefono, con + e prefisso (facoltativo)", "Seu telefone, com + e código do país (opcional)"],
  phoneFault: ["Begin the number with + and the country code, such as +1 312 555 0142.", "Numer zaczyna się od + i kierunkowego kraju, np. +48 501 234 567.", "Beginnen Sie mit + und der Ländervorwahl, etwa +49 151 23456789.", "Commencez par + et l’indicatif du pays, par exemple +33 6 12 34 56 78.", "Empiece por + y el prefijo del país, como +34 612 345 678.", "Inizi con + e il prefisso del Paese, ad esempio +39 312 345 6789.", "Comece com + e o código do país, como +55 11 96123-4567."],
  empty: ["Write something first.", "Prosimy najpierw coś napisać.", "Schreiben Sie zuerst etwas.", "Écrivez d’abord quelque chose.", "Escriba algo primero.", "Prima scriva qualcosa.", "Escreva algo primeiro."],
  you: ["You", "Wiadomość własna", "Sie", "Vous", "Usted", "Lei", "Você"],
  automatic: ["Automatic answer", "Odpowiedź automatyczna", "Automatische Antwort", "Réponse automatique", "Respuesta automática", "Risposta automatica", "Resposta automática"],
  sending: ["Sending", "Wysyłanie", "Wird gesendet", "Envoi en cours", "Enviando", "Invio in corso", "Enviando"],
  sent: ["Sent", "Wysłano", "Gesendet", "Envoyé", "Enviado", "Inviato", "Enviada"],
  arrived: ["Delivered", "Dostarczono", "Zugestellt", "Remis", "Entregado", "Consegnato", "Entregue"],
  typing: ["is typing …", "pisze…", "schreibt …", "écrit…", "está escribiendo…", "sta scrivendo…", "está digitando…"],
  offline: ["No connection. What you write is kept and goes out by itself.", "Brak połączenia. Napisane wiadomości zostaną wysłane później.", "Keine Verbindung. Was Sie schreiben, bleibt erhalten und geht von selbst hinaus.", "Pas de connexion. Vos messages sont gardés et partiront d’eux-mêmes.", "Sin conexión. Lo que escriba se guarda y se enviará solo.", "Nessuna connessione. Ciò che scrive resta salvato e partirà da solo.", "Sem conexão. O que você escrever fica guardado e será enviado depois."],
  slow: ["That was very fast. It goes out in a moment.", "Bardzo szybko! Wiadomość wyjdzie za chwilę.", "Das ging sehr schnell. Es wird gleich gesendet.", "C’était très rapide. L’envoi se fera dans un instant.", "Va muy rápido. Se enviará en un momento.", "Troppo in fretta. Partirà tra poco.", "Foi rápido demais. Será enviado em instantes."],
  refused: ["This could not be sent:", "Nie udało się wysłać:", "Das konnte nicht gesendet werden:", "Envoi impossible :", "No se pudo enviar:", "Non è stato possibile inviare:", "Não foi possível enviar:"],
  again: ["That did not work. Please try again in a moment.", "Nie udało się. Prosimy spróbować za chwilę.", "Das hat nicht geklappt. Bitte versuchen Sie es gleich noch einmal.", "Cela n’a pas fonctionné. Réessayez dans un instant.", "No ha funcionado. Inténtelo de nuevo en un momento.", "Non ha funzionato. Riprovi tra poco.", "Não funcionou. Tente de novo em instantes."],
  sound: ["Sound", "Dźwięk", "Ton", "Son", "Sonido", "Suono", "Som"],
};

// known is one of our tags that fits a language, or nothing.
const known = (asked) => asked && (tags.find((tag) => tag.toLowerCase() === asked.toLowerCase())
  ?? tags.find((tag) => tag.slice(0, 2) === asked.slice(0, 2).toLowerCase()));

/** language is the first of those asked for that we speak, else English. */
export const language = (...asked) => asked.map(known).find(Boolean) ?? tags[0];

/** speak returns what says a phrase in a language: say("unread", { n: 3 }). */
export function speak(tag) {
  const at = tags.indexOf(tag);
  return (key, values = {}) => phrases[key][at].replace(/\{(\w+)\}/g, (_, name) => values[name]);
}

/** moment is a time as one says it: "Monday 08:00", with its date when it is a week off. */
export function moment(tag, at, timeZone) {
  const soon = at - Date.now() < 6 * 86400e3;
  const day = new Intl.DateTimeFormat(tag, soon ? { weekday: "long", timeZone } : { day: "numeric", month: "long", timeZone });
  return `${day.format(at)} ${clock(tag, at, timeZone)}`;
}

/** clock is the time of day. */
export const clock = (tag, at, timeZone) =>
  new Intl.DateTimeFormat(tag, { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone }).format(at);
