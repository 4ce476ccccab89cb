package io.expunge.engine;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import org.jspecify.annotations.Nullable;

/** A JSON file beside a model's weights, read field by field; what is wrong with it is said by file and field. */
class ModelConfig {

    final JsonObject json;
    private final String file;

    ModelConfig(String file, JsonObject json) {
        this.file = file;
        this.json = json;
    }

    static JsonObject parsed(String file, String text) {
        JsonElement json;
        try {
            json = JsonParser.parseString(text);
        } catch (JsonParseException e) {
            throw new ModelRefused(file + " is not JSON");
        }
        if (!json.isJsonObject()) {
            throw new ModelRefused(file + " must hold an object");
        }
        return json.getAsJsonObject();
    }

    void refuseIf(String key, boolean refused, boolean fallback) {
        if (flag(key, fallback) == refused) {
            throw new ModelRefused(file + ": " + key + " = " + refused + " is not built here");
        }
    }

    boolean absent(String key) {
        return !json.has(key);
    }

    boolean has(String key) {
        return json.has(key) && !json.get(key).isJsonNull();
    }

    double needed(String key) {
        if (!has(key)) {
            throw new ModelRefused(file + ": " + key + " is missing");
        }
        return real(key, 0);
    }

    int number(String key, int fallback) {
        double value = real(key, fallback);
        if (value != Math.rint(value) || Math.abs(value) > Integer.MAX_VALUE) {
            throw new ModelRefused(file + ": " + key + " must be a whole number but is " + json.get(key));
        }
        return (int) value;
    }

    double real(String key, double fallback) {
        var value = primitive(key);
        if (value == null) {
            return fallback;
        }
        if (!value.getAsJsonPrimitive().isNumber()) {
            throw new ModelRefused(file + ": " + key + " must be a number but is " + value);
        }
        return value.getAsDouble();
    }

    boolean flag(String key, boolean fallback) {
        var value = primitive(key);
        if (value == null) {
            return fallback;
        }
        if (!value.getAsJsonPrimitive().isBoolean()) {
            throw new ModelRefused(file + ": " + key + " must be true or false but is " + value);
        }
        return value.getAsBoolean();
    }

    String text(String key, String fallback) {
        var value = primitive(key);
        return value == null ? fallback : value.getAsString();
    }

    @Nullable JsonElement primitive(String key) {
        if (!has(key)) {
            return null;
        }
        var value = json.get(key);
        if (!value.isJsonPrimitive()) {
            throw new ModelRefused(file + ": " + key + " must be a single value");
        }
        return value;
    }

    static void architecture(JsonObject json, String name) {
        var architectures = new JsonArray();
        architectures.add(name);
        json.add("architectures", architectures);
    }
}
