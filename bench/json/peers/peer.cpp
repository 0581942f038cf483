// Times public C++ parsers and validators on one payload, for bench/json/peers.py.
//
//     peer FOLDER NAME BATCHES        prints "label <tab> least ns <tab> median ns <tab> remark"
//
// Each is used as its own manual says for text that arrives as bytes: parse, then validate. What a
// library does not check (formats, const) is said in the remark; its time is then flattered.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <iterator>
#include <string>
#include <vector>

#ifdef HAS_SIMDJSON
#include <simdjson.h>
#endif
#ifdef HAS_RAPIDJSON
#define RAPIDJSON_SSE2
#define RAPIDJSON_HAS_STDSTRING 1
#include <rapidjson/document.h>
#include <rapidjson/schema.h>
#endif
#ifdef HAS_VALIJSON
#include <valijson/adapters/rapidjson_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validator.hpp>
#endif

static std::string load(const std::string &path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) {
        std::fprintf(stderr, "peer: cannot read %s\n", path.c_str());
        std::exit(1);
    }
    return {std::istreambuf_iterator<char>(file), {}};
}

static double now() {
    const auto time = std::chrono::steady_clock::now().time_since_epoch();
    return std::chrono::duration<double, std::nano>(time).count();
}

// Batches of about 2 ms; the first warms caches and predictors.
static void report(const char *label, int batches, const char *remark,
                   const std::function<bool()> &work) {
    const bool verdict = work();
    const double start = now();
    work();
    const long count = std::max(1L, (long)(2e6 / std::max(1.0, now() - start)));
    std::vector<double> times;
    long held = 0;
    for (int batch = 0; batch <= batches; batch++) {
        const double begin = now();
        for (long i = 0; i < count; i++) held += work();
        if (batch > 0) times.push_back((now() - begin) / count);
    }
    if (held != (verdict ? count * (batches + 1) : 0)) std::exit(2);
    std::sort(times.begin(), times.end());
    std::printf("%s\t%.0f\t%.0f\t%s%s\n", label, times[0], times[times.size() / 2], remark,
                verdict ? "" : "; refuses this valid payload");
}

int main(int count, char **arguments) {
    if (count != 4) return 1;
    const std::string base = std::string(arguments[1]) + "/" + arguments[2];
    const int batches = std::atoi(arguments[3]);
    const std::string text = load(base + ".json"), schemaText = load(base + ".schema.json");
    (void)schemaText;

#ifdef HAS_SIMDJSON
    {
        const simdjson::implementation *haswell =
            simdjson::get_available_implementations()["haswell"];
        if (haswell && haswell->supported_by_runtime_system())
            simdjson::get_active_implementation() = haswell;
        simdjson::dom::parser parser;
        const simdjson::padded_string padded(text);
        report("simdjson DOM (AVX2)", batches, "parses only",
               [&] { return parser.parse(padded).error() == simdjson::SUCCESS; });
    }
#endif
#ifdef HAS_RAPIDJSON
    const unsigned flags = rapidjson::kParseValidateEncodingFlag;
    report("rapidjson", batches, "parses only", [&] {
        rapidjson::Document document;
        document.Parse<flags>(text.data(), text.size());
        return !document.HasParseError();
    });
    rapidjson::Document schemaDocument;
    schemaDocument.Parse(schemaText.data(), schemaText.size());
    {
        const rapidjson::SchemaDocument schema(schemaDocument);
        report("rapidjson + its validator", batches, "draft 4: no const, no formats", [&] {
            rapidjson::Document document;
            document.Parse<flags>(text.data(), text.size());
            rapidjson::SchemaValidator validator(schema);
            return !document.HasParseError() && document.Accept(validator);
        });
    }
#endif
#if defined(HAS_VALIJSON) && defined(HAS_RAPIDJSON)
    {
        valijson::Schema schema;
        valijson::SchemaParser parser;
        valijson::adapters::RapidJsonAdapter adapter(schemaDocument);
        parser.populateSchema(adapter, schema);
        valijson::Validator validator;
        report("rapidjson + valijson", batches, "draft 7, no formats", [&] {
            rapidjson::Document document;
            document.Parse<flags>(text.data(), text.size());
            if (document.HasParseError()) return false;
            valijson::adapters::RapidJsonAdapter target(document);
            return validator.validate(schema, target, nullptr);
        });
    }
#endif
    return 0;
}
