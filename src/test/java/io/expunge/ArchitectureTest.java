package io.expunge;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.time.Clock;
import java.time.Instant;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.data.repository.Repository;
import org.springframework.modulith.ApplicationModule;
import org.springframework.modulith.core.ApplicationModules;
import org.springframework.modulith.docs.Documenter;

class ArchitectureTest {

    private static final ApplicationModules MODULES = ApplicationModules.of(ExpungeApplication.class);
    private static final JavaClasses CODE = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("io.expunge");
    private static final Set<String> PURE = Set.of(
            "io.expunge.engine", "io.expunge.method", "io.expunge.metric", "io.expunge.influence", "io.expunge.lab");

    @Test
    void modulesKeepToTheDeclaredGraph() {
        MODULES.verify();
        new Documenter(MODULES).writeModulesAsPlantUml();
    }

    @Test
    void everyModuleWithSpringInItDeclaresWhatItMayUse() {
        assertThat(MODULES.stream().map(module -> module.getBasePackage().getName()))
                .filteredOn(name -> !PURE.contains(name))
                .isNotEmpty()
                .allSatisfy(name -> {
                    assertThat(CODE.getPackage(name).isAnnotatedWith(ApplicationModule.class))
                            .as(name)
                            .isTrue();
                    assertThat(CODE.getPackage(name)
                                    .getAnnotationOfType(ApplicationModule.class)
                                    .allowedDependencies())
                            .as(name + " declares allowedDependencies")
                            .doesNotContain(ApplicationModule.OPEN_TOKEN);
                });
    }

    @Test
    void everyPackageWrittenByHandIsNullMarked() {
        assertThat(MODULES.stream().map(module -> module.getBasePackage().getName()))
                .filteredOn(name -> !name.equals("io.expunge.api"))
                .allSatisfy(name -> assertThat(CODE.getPackage(name).isAnnotatedWith(NullMarked.class))
                        .as(name)
                        .isTrue());
    }

    @ParameterizedTest
    @CsvSource({
        "engine, io.expunge.engine|com.google.gson..",
        "metric, io.expunge.metric|io.expunge.engine|libsvm..|org.hipparchus..",
        "method, io.expunge.method|io.expunge.influence|io.expunge.metric|io.expunge.engine",
        "influence, io.expunge.influence|io.expunge.metric|io.expunge.engine|org.hipparchus..",
        "lab,    io.expunge.lab|io.expunge.influence|io.expunge.method|io.expunge.metric|io.expunge.engine|com.google.gson..|org.apache.commons.compress..|javax.imageio..|org.knowm.xchart..",
    })
    void algorithmsKnowOnlyDjl(String module, String allowed) {
        var packages = Stream.concat(
                        Stream.of(
                                "java..",
                                "ai.djl..",
                                "org.slf4j..",
                                "org.jspecify..",
                                "com.fasterxml.jackson.annotation.."),
                        Stream.of(allowed.split("\\|")))
                .toArray(String[]::new);
        classes()
                .that()
                .resideInAPackage("io.expunge." + module)
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(packages)
                .allowEmptyShould(true)
                .check(CODE);
    }

    @Test
    void repositoriesAndEntitiesStayInsideTheirPackage() {
        classes()
                .that()
                .areAssignableTo(Repository.class)
                .or()
                .areAnnotatedWith(jakarta.persistence.Entity.class)
                .should()
                .bePackagePrivate()
                .allowEmptyShould(true)
                .check(CODE);
    }

    @Test
    void timeComesFromTheInjectedClock() {
        noClasses()
                .that()
                .resideOutsideOfPackages("io.expunge.lab", "io.expunge.api")
                .and()
                .doNotHaveSimpleName("ClockConfiguration")
                .and()
                .doNotHaveSimpleName("VerifyCommand") // has no context to inject one
                .should()
                .callMethod(Instant.class, "now")
                .orShould()
                .callMethod(Clock.class, "systemUTC")
                .orShould()
                .callMethod(java.time.LocalDateTime.class, "now")
                .check(CODE);
    }
}
