package io.expunge.intake;

import io.expunge.api.NewErasureRequest.RegulationEnum;
import io.expunge.shared.Problem;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Which law a caller means by a name of its own. */
final class Regulations {

    private final Map<String, RegulationEnum> known = new HashMap<>();
    private final @Nullable RegulationEnum fallback;

    /**
     * Names beside the laws' own.
     *
     * @param prefix of the settings that they come from
     * @param fallback for a name that is not known; null if such a one is refused
     * @throws IllegalStateException naming the setting, if a law is none that is known here
     */
    Regulations(String prefix, Map<String, String> names, @Nullable String fallback) {
        for (var law : RegulationEnum.values()) {
            known.put(law.getValue(), law);
        }
        names.forEach(
                (name, law) -> known.put(name.toLowerCase(Locale.ROOT), law(prefix + ".regulations." + name, law)));
        this.fallback = fallback == null ? null : law(prefix + ".default-regulation", fallback);
    }

    private static RegulationEnum law(String setting, String name) {
        try {
            return RegulationEnum.fromValue(name);
        } catch (IllegalArgumentException e) {
            throw new IllegalStateException(setting + " must be gdpr or ccpa", e);
        }
    }

    /** @throws Problem 400 naming {@code field}, without what was given */
    RegulationEnum of(String field, @Nullable String name) {
        var law = name == null ? fallback : known.getOrDefault(name.toLowerCase(Locale.ROOT), fallback);
        if (law == null) {
            throw Problem.invalid(
                    field, name == null ? "is required" : "is not known here; a setting says what it means");
        }
        return law;
    }
}
