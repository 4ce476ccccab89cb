package io.expunge.engine;

import com.fasterxml.jackson.annotation.JsonTypeName;
import org.jspecify.annotations.Nullable;

/**
 * A causal language model, kept as Hugging Face lays it out.
 *
 * @param sizes of a model that is trained from random weights; none where its files say all
 */
@JsonTypeName("language-model")
public record LanguageArchitecture(@Nullable DecoderSizes sizes) implements Architecture {}
