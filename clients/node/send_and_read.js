// Sends an outage to malus, moves the month on, and reads the decision that follows. Nothing is generated: the messages
// are read from the .proto files as they are.
//
//   npm install && node send_and_read.js 127.0.0.1:7070 ../../proto GOOGLE_PROTOS
//
// GOOGLE_PROTOS is a folder that holds google/type and google/rpc, e.g. a checkout of googleapis/googleapis.
import grpc from "@grpc/grpc-js";
import loader from "@grpc/proto-loader";

const [address, protos, googleProtos] = process.argv.slice(2);

const definition = loader.loadSync(
  ["evaluation", "decision"].map((name) => `malus/v1/${name}_service.proto`),
  // Whole numbers as text: JavaScript's own numbers are binary floats and would round large ones.
  { includeDirs: [protos, googleProtos], keepCase: true, longs: String, enums: String, defaults: true, oneofs: true },
);
const { malus } = grpc.loadPackageDefinition(definition);
const plaintext = grpc.credentials.createInsecure();
const evaluation = new malus.v1.EvaluationService(address, plaintext);
const decisions = new malus.v1.DecisionService(address, plaintext);

// Every call has a deadline; an error carries its reason in error.metadata and its text in error.details.
function call(service, method, request) {
  const deadline = Date.now() + 30_000;
  return new Promise((resolve, reject) => {
    service[method](request, { deadline }, (error, answer) => (error ? reject(error) : resolve(answer)));
  });
}

const moment = (text) => ({ seconds: String(Date.parse(text) / 1000), nanos: 0 });

// Units and nanos become text digit by digit, so that no amount is ever a float.
function amount(money) {
  const nanos = String(Math.abs(money.nanos)).padStart(9, "0");
  const sign = money.nanos < 0 && !money.units.startsWith("-") ? "-" : "";
  return `${sign}${money.units}.${nanos.slice(0, 2)} ${money.currency_code}`;
}

const event = {
  id: "node-out-1",
  source: "node-example",
  agreement: "agreements/it-hosting",
  outage: {
    outage_id: "NODE-1",
    interval: { start_time: moment("2026-06-11T04:00:00Z"), end_time: moment("2026-06-11T16:30:00Z") },
    reported_at: moment("2026-06-11T06:00:00Z"),
  },
};

try {
  const asOf = moment("2026-07-02T00:00:00Z");
  const sent = await call(evaluation, "EvaluateEvents", { events: [event], as_of: asOf });
  for (const result of sent.results) {
    console.log(`${result.id}: ${result.outcome}`);
  }
  const [name] = sent.results[0].decisions.filter((each) => each.includes("uptime-credit"));
  const { decision, sentences } = await call(decisions, "ExplainDecision", { name });
  console.log(`${decision.name}: ${decision.state}, ${amount(decision.amount)}`);
  sentences.forEach((sentence) => console.log(`  ${sentence}`));
} catch (error) {
  console.error(`${grpc.status[error.code] ?? "FAILED"}: ${error.details ?? error}`);
  process.exitCode = 1;
}
