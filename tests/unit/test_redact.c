#include "support/rows.h"

#include <stdio.h>
#include <stdlib.h>

#include "mirrorwise/text.h"
#include "mirrorwise/value.h"

static const struct {
    const char *name, *text, *redacted; /* NULL: nothing to hide */
} rows[] = {
    {"empty", "", NULL},
    {"no URL", "user@host and token=1", NULL},
    {"port and version without a scheme", "host:8080/mod@v0.1.0", NULL},
    {"image with tag and digest", "library/nginx:1.25@sha256:00ff", NULL},
    {"repository of ssh", "git@github.com:team/app", NULL},
    {"mail address", "mailto:it@example.com", NULL},
    {"a place and an id in Chinese", "prod，builtin:profiles/prod.ini:23（@goproxy.cn,@aliyun）",
     NULL},
    {"words with a colon", "key: a@b", NULL},
    {"plain URL", "https://goproxy.cn", NULL},
    {"list", "https://goproxy.cn,https://proxy.golang.org|direct", NULL},
    {"port", "http://localhost:8080/simple", NULL},
    {"IPv6 with port and @ in the path", "http://[::1]:80/x@v1", NULL},
    {"@ in the path", "https://host/golang.org/x/mod@v0.1.0", NULL},
    {"@ in the path behind a port", "https://host:8080/mod@v0.1.0", NULL},
    {"@ in the query", "https://host?mail=a@b", NULL},
    {"address behind a URL", "see https://host , or a@b", NULL},
    {"query without secrets", "https://host/?monkey=1&keyword=2&tokens=3", NULL},
    {"hash of pip", "https://host/a.whl#sha256=00", NULL},
    {"empty value", "https://host/?token=", NULL},
    {"empty user part", "https://@host/", NULL},
    {"already redacted", "https://user:****@host/?key=****", NULL},

    {"password", "https://user:pass@host/x", "https://user:****@host/x"},
    {"password with port", "https://u:p@host:8443/", "https://u:****@host:8443/"},
    {"lone token", "https://ghp_123@host", "https://****@host"},
    {"token with empty password", "https://ghp_123:@host", "https://****@host"},
    {"colons in the password", "https://u:a:b@host", "https://u:****@host"},
    {"@ in the password", "https://user:p@ss@host/", "https://user:****@host/"},
    {"/ in the password", "https://user:pa/ss@host/x", "https://user:****@host/x"},
    {"? in the password", "https://user:pa?ss@host/x", "https://user:****@host/x"},
    {"# in the password", "https://user:pa#ss@host/x", "https://user:****@host/x"},
    {"quote in the password", "https://us'er:p'w@host/", "https://us'er:****@host/"},
    {"comma in the password", "https://u:p,w@host/", "https://u:****@host/"},
    {"double quote in the password", "https://u:p\"w@host/", "https://u:****@host/"},
    {"double quote, no scheme", "u:12\"34@host", "u:****@host"},
    {"brackets in the password", "https://u:p<w>x@host/", "https://u:****@host/"},
    {"the name of ssh", "ssh://git@host/x", NULL},
    {"a password of ssh", "git+ssh://git:p@host/x", "git+ssh://git:****@host/x"},
    {"a quote that ends it", "[\"https://host\",\"a@b\"]", NULL},
    {"any scheme", "svn+https://tok@host/x", "svn+https://****@host/x"},
    {"second of a list by comma", "https://a,https://u:p@b,direct",
     "https://a,https://u:****@b,direct"},
    {"second of a list by bar", "https://a|https://u:p@b|off", "https://a|https://u:****@b|off"},
    {"two in one text", "https://a:b@c https://d:e@f", "https://a:****@c https://d:****@f"},
    {"diff line", "-index-url = https://u:p@host/simple\n+x\n",
     "-index-url = https://u:****@host/simple\n+x\n"},
    {"JSON list", "[\"https://u:p@a\", \"https://t@b\"]",
     "[\"https://u:****@a\", \"https://****@b\"]"},
    {"JSON with escaped slashes", "\"https:\\/\\/u:p@a\\/\"", "\"https:\\/\\/u:****@a\\/\""},
    {"query token", "https://h/?token=abc", "https://h/?token=****"},
    {"query key in the middle", "https://h/?a=1&key=x&b=2#f", "https://h/?a=1&key=****&b=2#f"},
    {"names of several words", "https://h/?X-Amz-Signature=1&access_token=2&API-Key=3",
     "https://h/?X-Amz-Signature=****&access_token=****&API-Key=****"},
    {"all the names", "x://h?sig=1&password=1&passwd=1&auth=1&secret=1&SIGNATURE=1&apikey=1",
     "x://h?sig=****&password=****&passwd=****&auth=****&secret=****&SIGNATURE=****&apikey=****"},
    {"fragment", "https://h/#access_token=z", "https://h/#access_token=****"},
    {"semicolons", "https://h/?a=1;token=z", "https://h/?a=1;token=****"},
    {"ampersand as Go writes it in JSON", "\"https://h/?a=1\\u0026token=z\\u0026b=2\"",
     "\"https://h/?a=1\\u0026token=****\\u0026b=2\""},
    {"value before the next of a list", "https://a?token=x,https://b?sig=1",
     "https://a?token=****,https://b?sig=****"},
    {"no scheme", "user:pass@host", "user:****@host"},
    {"no scheme, port and path", "u:p@host:8080/simple", "u:****@host:8080/simple"},
    {"no scheme, first of a list", "u:p@host,direct", "u:****@host,direct"},
    {"no scheme, behind a URL", "https://a/b,u:p@host|off", "https://a/b,u:****@host|off"},
    {"no scheme, two of a list", "u:p@h,v:q@i", "u:****@h,v:****@i"},
    {"no scheme, comma in the password", "u:p,w@host", "u:****@host"},
    {"no scheme, @ in the password", "u:p@w@host", "u:****@host"},
    {"no scheme, / in the password", "u:p/w@host", "u:****@host"},
    {"no scheme, IPv6", "u:p@[::1]:80", "u:****@[::1]:80"},
    {"no scheme, query", "host/simple?token=x", "host/simple?token=****"},
    {"user part and query", "https://u:p@h/?token=x", "https://u:****@h/?token=****"},
    {"names of other forms", "https://h/?pasword=1&authToken=2&pwd=3&job-token=4",
     "https://h/?pasword=****&authToken=****&pwd=****&job-token=****"},

    /* in the path */
    {"a user part at the wrong place", "https://h/u:p@host/x", "https://h/u:****@host/x"},
    {"a token by its name", "https://h/F/feed/auth/7f0c1a22-9b1d/v3, x",
     "https://h/F/feed/auth/****/v3, x"},
    {"a name and a place", "https://h/auth/realms/token/v1", NULL},
    {"a token by its form", "https://dl.h/aB3dE5fG7hI9kL1m/org", "https://dl.h/****/org"},
    {"a digest", "https://h/0a1b2c3d4e5f60718293a4b5c6d7e8f9/x.whl", NULL},
    {"Anaconda's", "(https://c.h/t/tk-1.a%2B/main)", "(https://c.h/t/****/main)"},
    {"an image by its digest", "https://h/library/nginx:1.25@sha256:00ff", NULL},
    {"a file", "/home/u/token/aB3dE5fG7hI9kL1m/x", NULL},

    /* a program that says a token */
    {"its arguments", "[\"cargo:token-from-stdout\", \"/bin/echo\", \"-n\", \"T0k\"] (x:1)",
     "[\"cargo:token-from-stdout\", \"/bin/echo\", \"-n\", \"****\"] (x:1)"},
    {"in one text", "cargo:token-from-stdout echo T0k", "cargo:token-from-stdout echo ****"},
    {"another provider", "cargo:token-from-stdout get, cargo:token", NULL},
};

static void redacts_rows(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        const char *wanted = rows[i].redacted != NULL ? rows[i].redacted : rows[i].text;
        char *redacted = mw_text_redact(rows[i].text);
        row_string_equal(rows[i].name, redacted, wanted);
        row_true(rows[i].name, mw_text_has_secret(rows[i].text) == (rows[i].redacted != NULL));
        row_true(rows[i].name, !mw_text_has_secret(redacted));
        free(redacted);
    }
}

/* A URL at any place of a text is redacted as it is alone. */
static void redacts_inside_other_text(void **state)
{
    (void)state;
    static const char *const frames[][2] = {
        {"-GOPROXY=", "\n"},
        {"{\"x\": \"", "\"}"},
        {"<", ">"},
        {"\t", "\r\n"},
        {"\xE4\xB8\xAD ", " \xE4\xB8\xAD"},
    };
    for (size_t i = 0; i < ROWS(rows); i++) {
        const char *wanted = rows[i].redacted != NULL ? rows[i].redacted : rows[i].text;
        for (size_t f = 0; f < ROWS(frames); f++) {
            char text[512];
            char framed[512];
            snprintf(text, sizeof text, "%s%s%s", frames[f][0], rows[i].text, frames[f][1]);
            snprintf(framed, sizeof framed, "%s%s%s", frames[f][0], wanted, frames[f][1]);
            char *redacted = mw_text_redact(text);
            row_string_equal(rows[i].name, redacted, framed);
            free(redacted);
        }
    }
}

static void shows_values(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        enum mw_value_kind kind;
        const char *items;
        bool is_secret;
        const char *shown;
    } values[] = {
        {"absent", MW_VALUE_ABSENT, "", false, ""},
        {"an absent secret", MW_VALUE_ABSENT, "", true, ""},
        {"secret", MW_VALUE_STRING, "direct", true, "****"},
        {"an empty secret", MW_VALUE_LIST, "", true, "****"},
        {"no items", MW_VALUE_LIST, "", false, "[]"},
        {"empty string", MW_VALUE_STRING, "", false, "\"\""},
        {"list", MW_VALUE_LIST, "a b", false, "a, b"},
        {"password", MW_VALUE_STRING, "https://u:p@host", false, "https://u:****@host"},
    };
    for (size_t i = 0; i < ROWS(values); i++) {
        struct mw_value value = {.kind = values[i].kind};
        mw_strings_split(&value.items, values[i].items, " ");
        char *shown = mw_value_shown(&value, values[i].is_secret);
        row_string_equal(values[i].name, shown, values[i].shown);
        free(shown);
        mw_value_release(&value);
    }
}

/* The lines around a change are somebody else's, with his secrets in them. */
static void redacts_settings(void **state)
{
    (void)state;
    static const struct {
        const char *text, *want;
    } lines[] = {
        {" //npm.example.com/:_authToken=npm_0123\n", " //npm.example.com/:_authToken=****\n"},
        {"-_auth = dXNlcjpwYXNz==\n+a=b\n", "-_auth = ****\n+a=b\n"},
        {" npmAuthToken: \"abc, def\" # mine\n", " npmAuthToken: \"****\" # mine\n"},
        {"   <password>hunter2</password>\n", "   <password>****</password>\n"},
        {"  \"auth\": \"abc==\",\n", "  \"auth\": \"****\",\n"},
        {" password = two words\n", " password = ****\n"},
        {" token: ${NPM_TOKEN}\n", " token: ${NPM_TOKEN}\n"},
        {" always-auth=true\n", " always-auth=true\n"},
        {" keyring = disabled\n", " keyring = disabled\n"},
        {" author: somebody\n", " author: somebody\n"},
        {" \"github-oauth\": {\"github.com\": \"abc\"}, \"b\": 1\n",
         " \"github-oauth\": {\"github.com\": \"****\"}, \"b\": 1\n"},
        {" \"bearer\": {\n", " \"bearer\": {\n"},
        {" <password><![CDATA[hunter2]]></password>\n", " <password><![CDATA[****]]></password>\n"},
        {" AWS_SECRET_ACCESS_KEY = \"abc\"\n", " AWS_SECRET_ACCESS_KEY = \"****\"\n"},
        {" GITHUB_TOKEN = { value = \"abc\" }\n", " GITHUB_TOKEN = { value = \"****\" }\n"},
        {" - \"Authorization: Bearer abc\"\n", " - \"Authorization: ****\"\n"},
        {" BUNDLE_GITHUB__COM: \"https://abc:x-oauth-basic@h/\"\n",
         " BUNDLE_GITHUB__COM: \"https://****:x-oauth-basic@h/\"\n"},
        {" registry=https://ci:pw@npm.example.com/\n",
         " registry=https://ci:****@npm.example.com/\n"},
        /* named by their host */
        {" BUNDLE_GEMS__EXAMPLE__COM: \"ci:T0ken\"\n", " BUNDLE_GEMS__EXAMPLE__COM: \"****\"\n"},
        {" BUNDLE_BUILD__NOKOGIRI: \"--use-x\"\n", " BUNDLE_BUILD__NOKOGIRI: \"--use-x\"\n"},
        {" BUNDLE_MIRROR__HTTPS://RUBYGEMS__ORG/: \"https://gems.example/\"\n",
         " BUNDLE_MIRROR__HTTPS://RUBYGEMS__ORG/: \"https://gems.example/\"\n"},
        {"-BUNDLE_GEMS__EXAMPLE__COM: T0ken\n", "-BUNDLE_GEMS__EXAMPLE__COM: ****\n"},
        {" BUNDLE_HTTPS://GEMS__EXAMPLE__COM/: \"ci:T0ken\"\n",
         " BUNDLE_HTTPS://GEMS__EXAMPLE__COM/: \"****\"\n"},
        {" BUNDLE_LOCALHOST: u:pw\n BUNDLE_HTTP://LOCALHOST/: T\n BUNDLE_WITHOUT: a:b\n",
         " BUNDLE_LOCALHOST: ****\n BUNDLE_HTTP://LOCALHOST/: ****\n BUNDLE_WITHOUT: a:b\n"},
        {" BUNDLE_GEM__TEST: rspec\n BUNDLE_GEM__H__COM: T\n",
         " BUNDLE_GEM__TEST: rspec\n BUNDLE_GEM__H__COM: ****\n"},
        {" <add key=\"https://n.example/v3\" value=\"T\" />\n",
         " <add key=\"https://n.example/v3\" value=\"****\" />\n"},
        /* misspelt, and longer */
        {" //h/:_pasword=a\n //h/:_authTokn=a\n _passwrod=a\n <pasword>a</pasword>\n",
         " //h/:_pasword=****\n //h/:_authTokn=****\n _passwrod=****\n"
         " <pasword>****</pasword>\n"},
        {" \"identitytoken\": \"a\", \"secrt\": \"a\", \"author\": \"a\"\n",
         " \"identitytoken\": \"****\", \"secrt\": \"****\", \"author\": \"a\"\n"},
        {" GOAUTH=netrc\n taken=a\n broken=a\n auth-type=web\n password-file=/x\n",
         " GOAUTH=netrc\n taken=****\n broken=a\n auth-type=web\n password-file=/x\n"},
        {" export NPM_TOKEN_WORK=a\n NPM_TOKEN_FILE=/x\n PROXY_AUTH_TYPE=b\n",
         " export NPM_TOKEN_WORK=****\n NPM_TOKEN_FILE=/x\n PROXY_AUTH_TYPE=b\n"},
        {" \"custom-headers\": {\"h.example\": [\"X-Mine: a\"]}\n",
         " \"custom-headers\": {\"h.example\": ****}\n"},
        {" \"api-cors-header\": \"*\", \"header\": \"a\"\n",
         " \"api-cors-header\": \"*\", \"header\": \"****\"\n"},
        {" <password>{abc=}</password>\n", " <password>****</password>\n"},
        {" 'proxy_pass' => 'a',\n", " 'proxy_pass' => '****',\n"},
        /* a blank between the two */
        {" set -gx NPM_TOKEN a\n alias x='curl -u u:p --token a b'\n docker -u 1000:1000\n",
         " set -gx NPM_TOKEN ****\n alias x='curl -u **** --token **** b'\n docker -u 1000:1000\n"},
        {" machine h login u password a\n password \"a b\"\n setPassword(\"a\")\n",
         " machine h login u password ****\n password \"****\"\n setPassword(\"****\")\n"},
        {" # the password of a\n", " # the password of a\n"},
        {" registry=aB3dE5fG7hI9kL1m\n", " registry=****\n"},
        {" k=sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8\n",
         " k=sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8\n"},
        /* named by the element before it */
        {" <name>Private-Token</name>\n <value>a</value>\n <name>b</name><value>c</value>\n",
         " <name>Private-Token</name>\n <value>****</value>\n <name>b</name><value>c</value>\n"},
        /* on the next line */
        {" password:\n   hunter2\n user: bob\n", " password:\n   ****\n user: bob\n"},
        {" password =\n   hunter2\n   again\n a = 1\n", " password =\n   ****\n   ****\n a = 1\n"},
        {" :rubygems_api_key: >-\n   abc\n x: y\n", " :rubygems_api_key: >-\n   ****\n x: y\n"},
        {"   \"password\":\n     \"abc\",\n   \"a\": 1\n",
         "   \"password\":\n     \"****\",\n   \"a\": 1\n"},
        {"   <password>\n     abc\n   </password>\n", "   <password>\n     ****\n   </password>\n"},
        {" auth:\n   url: h\n   token: x\n", " auth:\n   url: h\n   token: ****\n"},
        {" password:\n@@ -1 +1 @@\n   a\n", " password:\n@@ -1 +1 @@\n   a\n"},
        {" password: \"\"\n   a\n", " password: \"\"\n   a\n"},
        /* a map, on one line and on several */
        {" x: {password: abc, user: bob}\n", " x: {password: ****, user: bob}\n"},
        {" {\"password\": \"a\", \"token\": \"b\", \"c\": 1}\n",
         " {\"password\": \"****\", \"token\": \"****\", \"c\": 1}\n"},
        {" \"bearer\": {\n   \"h.example\": \"T\",\n   \"user\": \"u\"\n },\n \"a\": \"b\"\n",
         " \"bearer\": {\n   \"h.example\": \"****\",\n   \"user\": \"u\"\n },\n \"a\": \"b\"\n"},
        /* other spellings */
        {" _password[]=abc\n", " _password[]=****\n"},
        {" otp=123456\n", " otp=****\n"},
        {" //h/:_authtoken=abc\n GITHUB_PAT=abc\n PAT_H=a\n",
         " //h/:_authtoken=****\n GITHUB_PAT=****\n PAT_H=a\n"},
        {" secret-key = \"abc\"\n", " secret-key = \"****\"\n"},
        {" password = 123456\n", " password = ****\n"},
        {" password = $ecret\n", " password = ****\n"},
        {" password = $ECRET\n", " password = $ECRET\n"},
        {" r=//bob:T@h/\n", " r=//bob:****@h/\n"},
        {" <password xml:space=\"preserve\">a</password>\n",
         " <password xml:space=\"preserve\">****</password>\n"},
        {" <add key=\"ClearTextPassword\" value=\"a\" />\n",
         " <add key=\"ClearTextPassword\" value=\"****\" />\n"},
        {" <packageSource value=\"a\" />\n", " <packageSource value=\"a\" />\n"},
        {" - https://c.example/t/tk-1-a/main\n", " - https://c.example/t/****/main\n"},
        {" - c.example/t/tk-1-a/main\n", " - c.example/t/****/main\n"},
        {" cache=/var/t/x\n", " cache=/var/t/x\n"},
        {" x=https://h/?token=a&b=2\n", " x=https://h/?token=****&b=2\n"},
        {" - ghp_0123456789abcdef, b\n", " - ****, b\n"},
        /* keys */
        {" -----BEGIN EC PRIVATE KEY-----\n MHcC\n+AQ==\n -----END EC PRIVATE KEY-----\n x\n",
         " -----BEGIN EC PRIVATE KEY-----\n ****\n+****\n -----END EC PRIVATE KEY-----\n x\n"},
        {" MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj\n", " ****\n"},
        {" key=\"-----BEGIN PRIVATE KEY-----\\nMII\\n-----END PRIVATE KEY-----\"\n",
         " key=\"-----BEGIN PRIVATE KEY-----****-----END PRIVATE KEY-----\"\n"},
        {"", ""},
    };
    for (size_t i = 0; i < ROWS(lines); i++) {
        char *redacted = mw_text_redact_settings(lines[i].text);
        row_string_equal(lines[i].text, redacted, lines[i].want);
        char *again = mw_text_redact_settings(redacted);
        row_string_equal(lines[i].text, again, redacted);
        free(again);
        free(redacted);
    }
}

/* A megabyte of what could make a careless search quadratic. */
static void redacts_in_linear_time(void **state)
{
    (void)state;
    static const char *const patterns[] = {
        "/abcdefghi", "x://u:p", "://",       ":\\/\\/a:b",  "x://h?token=,a",
        "@:/",        "?token=", "_",         " ",           " a",
        "a(",         "-_ ",     "/a",        "TOKEN_",      "a=",
        "=",          "a>",      "password ", "{password:a,"};
    for (size_t i = 0; i < ROWS(patterns); i++) {
        size_t len = strlen(patterns[i]);
        size_t count = (1u << 20) / len;
        char *text = test_malloc(count * len + 1);
        for (size_t n = 0; n < count; n++)
            memcpy(text + n * len, patterns[i], len);
        text[count * len] = '\0';
        char *redacted = mw_text_redact(text);
        row_true(patterns[i], strlen(redacted) > 0);
        free(redacted);
        redacted = mw_text_redact_settings(text + count * len * 3 / 4); /* a line costs more */
        row_true(patterns[i], strlen(redacted) > 0);
        free(redacted);
        test_free(text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(redacts_rows),     cmocka_unit_test(redacts_inside_other_text),
        cmocka_unit_test(redacts_settings), cmocka_unit_test(redacts_in_linear_time),
        cmocka_unit_test(shows_values),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
