// Draws the labels of a corpus (a JSON object a line on stdin) with zpl-renderer-js, a build of zebrash;
// answers a line for each: {"png": base64} or {"error": text}.
const readline = require("node:readline");
const path = require("node:path");
const { ready } = require(path.resolve(process.argv[2], "node_modules/zpl-renderer-js"));

async function main() {
    const { api } = await ready;
    for await (const line of readline.createInterface({ input: process.stdin })) {
        const { zpl, dpmm, width_mm, height_mm } = JSON.parse(line);
        let answer;
        try {
            answer = { png: await api.zplToBase64Async(zpl, width_mm, height_mm, dpmm) };
        } catch (error) {
            answer = { error: String(error).slice(0, 200) };
        }
        if (!process.stdout.write(JSON.stringify(answer) + "\n")) {
            await new Promise((resolve) => process.stdout.once("drain", resolve));
        }
    }
}

main().then(() => process.exit(0));
