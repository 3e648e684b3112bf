/* The editors from a shell, for tests that compare them with the tools themselves:
 *
 *     edit_tool FORMAT check < IN            says what is wrong; exit 78
 *     edit_tool FORMAT get KEY < IN          {"kind": "list", "items": ["a"]}
 *     edit_tool FORMAT put KEY VALUE < IN > OUT
 *     edit_tool FORMAT put-list KEY VALUE... < IN > OUT
 *     edit_tool FORMAT put-literal KEY VALUE < IN > OUT
 *     edit_tool FORMAT remove KEY < IN > OUT
 *
 * The exit status is the code of the editor. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mirrorwise/edit.h"
#include "mirrorwise/json_scan.h"

static struct mw_buf read_input(void)
{
    struct mw_buf text = {0};
    char block[65536];
    size_t got;
    while ((got = fread(block, 1, sizeof block, stdin)) > 0)
        mw_buf_append(&text, block, got);
    return text;
}

static void print_value(const struct mw_value *value)
{
    static const char *const kinds[] = {[MW_VALUE_ABSENT] = "absent",
                                        [MW_VALUE_STRING] = "string",
                                        [MW_VALUE_LIST] = "list",
                                        [MW_VALUE_LITERAL] = "literal"};
    printf("{\"kind\": \"%s\", \"items\": [", kinds[value->kind]);
    for (size_t i = 0; i < value->items.count; i++) {
        char *quoted = mw_json_quote(value->items.items[i], strlen(value->items.items[i]));
        printf("%s%s", i > 0 ? ", " : "", quoted);
        free(quoted);
    }
    printf("]}\n");
}

static enum mw_code put(const struct mw_editor *editor, const struct mw_buf *text, const char *key,
                        const struct mw_value *value, struct mw_error *err)
{
    struct mw_edits edits = {0};
    struct mw_buf out = {0};
    enum mw_code code = editor->put(editor, mw_buf_text(text), text->len, key, value, &edits, err);
    if (code == MW_OK) {
        mw_edits_apply(&edits, mw_buf_text(text), text->len, &out);
        fwrite(mw_buf_text(&out), 1, out.len, stdout);
    }
    mw_buf_release(&out);
    mw_edits_release(&edits);
    return code;
}

static const struct {
    const char *verb;
    enum mw_value_kind kind;
    int min_args, max_args; /* values behind the key; -1: any number */
} put_verbs[] = {
    {"remove", MW_VALUE_ABSENT, 0, 0},
    {"put", MW_VALUE_STRING, 1, 1},
    {"put-list", MW_VALUE_LIST, 0, -1},
    {"put-literal", MW_VALUE_LITERAL, 1, 1},
};

/* False if the arguments make no sense. */
static bool run(const struct mw_editor *editor, int argc, char **argv, enum mw_code *code,
                struct mw_error *err)
{
    const char *verb = argv[0];
    struct mw_buf text = read_input();
    struct mw_value value = {0};
    bool known = true;
    if (strcmp(verb, "check") == 0 && argc == 1) {
        *code = editor->check(editor, "stdin", mw_buf_text(&text), text.len, err);
        goto out;
    }
    if (strcmp(verb, "get") == 0 && argc == 2) {
        *code = editor->get(editor, mw_buf_text(&text), text.len, argv[1], &value, err);
        print_value(&value);
        goto out;
    }
    known = false;
    for (size_t i = 0; i < sizeof put_verbs / sizeof *put_verbs && !known; i++) {
        int args = argc - 2;
        known = strcmp(verb, put_verbs[i].verb) == 0 && args >= put_verbs[i].min_args &&
                (put_verbs[i].max_args < 0 || args <= put_verbs[i].max_args);
        value.kind = put_verbs[i].kind;
    }
    if (known) {
        for (int i = 2; i < argc; i++)
            mw_strings_add(&value.items, argv[i]);
        *code = put(editor, &text, argv[1], &value, err);
    }
out:
    mw_value_release(&value);
    mw_buf_release(&text);
    return known;
}

int main(int argc, char **argv)
{
    enum mw_code code = MW_USAGE;
    struct mw_error err = {0};
    for (size_t i = 0; argc > 2 && mw_editors[i] != NULL; i++) {
        if (strcmp(mw_editors[i]->name, argv[1]) != 0)
            continue;
        if (!run(mw_editors[i], argc - 2, argv + 2, &code, &err))
            break;
        if (code != MW_OK)
            fprintf(stderr, "%s\n", err.message);
        return (int)code;
    }
    fprintf(stderr,
            "edit_tool FORMAT check|get|put|put-list|put-literal|remove ..., FORMAT one of:");
    for (size_t i = 0; mw_editors[i] != NULL; i++)
        fprintf(stderr, " %s", mw_editors[i]->name);
    fprintf(stderr, "\n");
    return MW_USAGE;
}
