// Reads a JSON list of texts and writes what Twilio's calculator says of each.
const { SegmentedMessage } = require("sms-segments-calculator");

let input = "";
process.stdin.setEncoding("utf8");
process.stdin.on("data", (chunk) => (input += chunk));
process.stdin.on("end", () => {
  const costs = JSON.parse(input).map((text) => {
    const message = new SegmentedMessage(text);
    return { encoding: message.encodingName, segments: message.segmentsCount };
  });
  process.stdout.write(JSON.stringify(costs));
});
