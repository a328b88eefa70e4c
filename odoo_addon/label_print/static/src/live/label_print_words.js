import { registry } from "@web/core/registry";
import { session } from "@web/session";
import { CharField, charField } from "@web/views/fields/char/char_field";

const { standing = {}, formed = [] } = session.label_print_words || {};
const patterns = formed.map(([pattern, words]) => [new RegExp(`^${pattern}$`), words]);

/**
 * A sentence of the print service in the language of the page; what is not known stays as it is.
 *
 * @param {string | false} text
 */
export function inWords(text) {
    if (!text || standing[text]) {
        return standing[text] || text;
    }
    for (const [pattern, words] of patterns) {
        const { groups } = pattern.exec(text) || {};
        if (groups) {
            return words.replace(/%\((\w+)\)s/g, (_placeholder, name) => groups[name]);
        }
    }
    return text;
}

/** A sentence of the print service. */
export class LabelPrintWordsField extends CharField {
    get formattedValue() {
        return inWords(super.formattedValue);
    }
}

registry.category("fields").add("label_print_words", {
    ...charField,
    component: LabelPrintWordsField,
});
