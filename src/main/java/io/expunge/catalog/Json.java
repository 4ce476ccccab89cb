package io.expunge.catalog;

import tools.jackson.databind.json.JsonMapper;

/** JSON of the values that live in text columns and in a version's config.json. */
final class Json {

    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    private Json() {}

    static String write(Object value) {
        return MAPPER.writeValueAsString(value);
    }

    static <T> T read(String text, Class<T> type) {
        return MAPPER.readValue(text, type);
    }
}
