package io.expunge.catalog;

import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;
import org.springframework.validation.annotation.Validated;

/**
 * Where artifacts lie and how much an upload may hold.
 *
 * @param artifactDirectory data sets, versions and the working files of runs; shared by all processes
 * @param pseudonymKeyFile keys of the pseudonyms, made at the first start; without them no person is found again
 * @param pseudonymKeys the same keys given from outside, newest first, in place of the file
 * @param pseudonymKeyAge after how long new data gets pseudonyms under a new key; 0 for never
 * @param maxUpload bytes of one uploaded part, as sent
 * @param maxUnpacked bytes of one uploaded part once unpacked
 * @param maxModel bytes of what an imported version holds, as sent
 * @param maxRecords records of one data set
 * @param maxRatio how many bytes one compressed byte may unpack to
 */
@Validated
@ConfigurationProperties(prefix = "expunge.catalog", ignoreUnknownFields = false)
record CatalogSettings(
        @DefaultValue("./data/artifacts") Path artifactDirectory,

        @DefaultValue("./data/pseudonym.key") Path pseudonymKeyFile,

        @Nullable String pseudonymKeys,
        @DefaultValue("0") Duration pseudonymKeyAge,
        @DefaultValue("4GB") DataSize maxUpload,
        @DefaultValue("16GB") DataSize maxUnpacked,
        @DefaultValue("64GB") DataSize maxModel,
        @DefaultValue("20000000") int maxRecords,
        @DefaultValue("200") int maxRatio) {}
