// An OpenAI-compatible server over one GGUF file, for `make test-model`: node server.js MODEL.gguf PORT
// One thread by default: two on busy cores wait for each other longer than they compute.
import { createServer } from "node:http";
import { getLlama, LlamaChatSession } from "node-llama-cpp";

const [file, port] = process.argv.slice(2);
const llama = await getLlama({ gpu: false, build: "never", logLevel: "error" });
const model = await llama.loadModel({ modelPath: file });
const context = await model.createContext({ contextSize: 4096, threads: Number(process.env.THREADS ?? 1) });
const sequence = context.getSequence();
let turn = Promise.resolve();

const said = (message) => [message.content].flat().map((part) => part.text ?? part).join("\n");

async function answer({ messages, response_format, max_completion_tokens, temperature = 0 }, signal) {
  const schema = response_format?.json_schema?.schema;
  const grammar = schema && (await llama.createGrammarForJsonSchema(schema));
  const session = new LlamaChatSession({ contextSequence: sequence, systemPrompt: said(messages[0]) });
  const earlier = messages.slice(1, -1).map((one) =>
    one.role === "user" ? { type: "user", text: said(one) } : { type: "model", response: [said(one)] });
  session.setChatHistory([...session.getChatHistory(), ...earlier]);
  const before = sequence.tokenMeter.getState();
  const options = { grammar, temperature, maxTokens: max_completion_tokens, signal, seed: 1 };
  const { responseText, stopReason } = await session.promptWithMeta(said(messages.at(-1)), options);
  const used = sequence.tokenMeter.diff(before);
  session.dispose({ disposeSequence: false });
  const finish_reason = stopReason === "maxTokens" ? "length" : "stop";
  const usage = { prompt_tokens: used.usedInputTokens, completion_tokens: used.usedOutputTokens };
  const message = { role: "assistant", content: responseText };
  return { object: "chat.completion", usage, choices: [{ index: 0, finish_reason, message }] };
}

createServer(async (request, response) => {
  const gone = new AbortController();
  response.on("close", () => gone.abort());
  const body = JSON.parse(Buffer.concat(await request.toArray()));
  const mine = (turn = turn.then(() => answer(body, gone.signal)).catch((error) => ({ error: { message: String(error) } })));
  const given = await mine;
  response.writeHead(given.error ? 500 : 200, { "content-type": "application/json" });
  response.end(JSON.stringify({ model: body.model, ...given }));
}).listen(Number(port), "127.0.0.1", () => console.log("ready"));
