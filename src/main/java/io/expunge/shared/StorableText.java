package io.expunge.shared;

import tools.jackson.core.JsonParser;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.JacksonModule;
import tools.jackson.databind.deser.jdk.StringDeserializer;
import tools.jackson.databind.module.SimpleModule;

/** PostgreSQL keeps every text but one with U+0000 in it, so such a text is refused where its field is known. */
public final class StorableText {

    private StorableText() {}

    /** What makes a mapper refuse it. */
    public static JacksonModule module() {
        return new SimpleModule("storable text").addDeserializer(String.class, new Storable());
    }

    private static final class Storable extends StringDeserializer {

        @Override
        public String deserialize(JsonParser parser, DeserializationContext context) {
            var text = super.deserialize(parser, context);
            if (text != null && text.indexOf('\0') >= 0) {
                throw context.weirdStringException("", String.class, "holds U+0000");
            }
            return text;
        }
    }
}
