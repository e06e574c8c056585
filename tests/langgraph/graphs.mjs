// SPDX-License-Identifier: GPL-3.0-or-later
// Two graphs for the tests, without a model behind them. "desk" is a conversation: what the last message says decides
// whether it answers, calls a tool, asks a person, fails, is slow, or changes what was said before. "form" has a state
// without messages.
import { AIMessage, RemoveMessage, ToolMessage } from "@langchain/core/messages";
import { Annotation, END, MessagesAnnotation, START, StateGraph, interrupt } from "@langchain/langgraph";

const State = Annotation.Root({ ...MessagesAnnotation.spec, tickets: Annotation({ reducer: (_, b) => b }) });

const usage = (input, output, cached) => ({
    input_tokens: input,
    output_tokens: output,
    total_tokens: input + output,
    input_token_details: { cache_read: cached, cache_creation: 0 },
    output_token_details: { reasoning: 3 },
});

const says = (state, content, more = {}) =>
    new AIMessage({
        content,
        usage_metadata: usage(100 * state.messages.length, 20, 64),
        response_metadata: { model_name: "gpt-4.1-mini-2025-04-14" },
        ...more,
    });

const failed = new Set();
const pause = (ms) => new Promise((done) => setTimeout(done, ms));

async function agent(state) {
    const last = state.messages.at(-1);
    const text = String(last.content);
    if (last.getType() === "tool") {
        const loop = text.match(/round (\d+) of (\d+)/);
        if (loop && Number(loop[1]) < Number(loop[2]))
            return { messages: [calls(state, { round: Number(loop[1]) + 1, of: Number(loop[2]) })] };
        return { messages: [says(state, `Found: ${text}`)] };
    }
    if (text.includes("fail once") && failed.has(last.id)) return { messages: [says(state, "Better now.")] };
    failed.add(last.id);
    if (text.includes("fail")) throw new Error("boom: model overloaded");
    if (text.includes("slow")) await pause(Number(text.match(/\d+/)?.[0] ?? 30_000));
    if (text.includes("human")) {
        const answer = interrupt({ question: "May I refund order 42?", options: ["yes", "no"] });
        return { messages: [says(state, `You said ${JSON.stringify(answer)}`)] };
    }
    if (text.includes("tool")) return { messages: [calls(state, { round: 1, of: Number(text.match(/\d+/)?.[0] ?? 1) })] };
    if (text.includes("forget")) return { messages: [new RemoveMessage({ id: state.messages[0].id }), says(state, "Forgotten.")] };
    return { messages: [says(state, `You said: ${text}`)], tickets: { open: state.messages.length } };
}

const calls = (state, args) => says(state, "", { tool_calls: [{ id: `call_${state.messages.length}`, name: "lookup_order", args }] });

function tools(state) {
    const { id, name, args } = state.messages.at(-1).tool_calls[0];
    return { messages: [new ToolMessage({ tool_call_id: id, name, content: `round ${args.round} of ${args.of}: order 42 was shipped` })] };
}

export const desk = new StateGraph(State)
    .addNode("agent", agent)
    .addNode("tools", tools)
    .addEdge(START, "agent")
    .addConditionalEdges("agent", (state) => (state.messages.at(-1).tool_calls?.length ? "tools" : END), ["tools", END])
    .addEdge("tools", "agent")
    .compile();

export const form = new StateGraph(Annotation.Root({ question: Annotation(), answer: Annotation() }))
    .addNode("fill", (state) => ({ answer: `about ${state.question}` }))
    .addEdge(START, "fill")
    .addEdge("fill", END)
    .compile();
