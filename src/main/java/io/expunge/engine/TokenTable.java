package io.expunge.engine;

import com.google.gson.JsonParseException;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import java.io.IOException;
import java.io.StringReader;
import java.util.HashMap;
import java.util.Map;

/**
 * The identifiers that a tokenizer.json gives to its tokens.
 *
 * @param ids of all tokens, the added ones included
 * @param added of the added ones
 */
record TokenTable(Map<String, Integer> ids, Map<String, Integer> added) {

    /** @throws ModelRefused if there are none or one is negative */
    static TokenTable read(String json) {
        Map<String, Integer> ids = new HashMap<>();
        Map<String, Integer> added = new HashMap<>();
        try (var reader = new JsonReader(new StringReader(json))) {
            reader.beginObject();
            while (reader.hasNext()) {
                switch (reader.nextName()) {
                    case "added_tokens" -> added(reader, added);
                    case "model" -> model(reader, ids);
                    default -> reader.skipValue();
                }
            }
            reader.endObject();
        } catch (JsonParseException | IllegalStateException | NumberFormatException | IOException e) {
            throw new ModelRefused("tokenizer.json is not the JSON of a tokenizer: " + e.getMessage());
        }
        ids.putAll(added);
        if (ids.isEmpty()) {
            throw new ModelRefused("tokenizer.json has no vocabulary");
        }
        ids.forEach((token, id) -> {
            if (id < 0) {
                throw new ModelRefused("tokenizer.json gives token " + token + " the identifier " + id);
            }
        });
        return new TokenTable(ids, added);
    }

    private static void model(JsonReader reader, Map<String, Integer> ids) throws IOException {
        reader.beginObject();
        while (reader.hasNext()) {
            if (!reader.nextName().equals("vocab")) {
                reader.skipValue();
            } else if (reader.peek() == JsonToken.BEGIN_OBJECT) {
                reader.beginObject();
                while (reader.hasNext()) {
                    ids.put(reader.nextName(), reader.nextInt());
                }
                reader.endObject();
            } else {
                scored(reader, ids);
            }
        }
        reader.endObject();
    }

    /** Unigram models list pairs of token and score; the place in the list is the identifier. */
    private static void scored(JsonReader reader, Map<String, Integer> ids) throws IOException {
        reader.beginArray();
        for (int id = 0; reader.hasNext(); id++) {
            reader.beginArray();
            ids.put(reader.nextString(), id);
            reader.skipValue();
            reader.endArray();
        }
        reader.endArray();
    }

    private static void added(JsonReader reader, Map<String, Integer> ids) throws IOException {
        reader.beginArray();
        while (reader.hasNext()) {
            var token = "";
            int id = -1;
            reader.beginObject();
            while (reader.hasNext()) {
                switch (reader.nextName()) {
                    case "content" -> token = reader.nextString();
                    case "id" -> id = reader.nextInt();
                    default -> reader.skipValue();
                }
            }
            reader.endObject();
            ids.put(token, id);
        }
        reader.endArray();
    }
}
