// <input data-zone> begins with the time zone of the reader's own clock.
"use strict";

for (const input of document.querySelectorAll("input[data-zone]")) {
  if (!input.value) input.value = Intl.DateTimeFormat().resolvedOptions().timeZone || "";
}
