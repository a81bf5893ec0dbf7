package dev.fairlead.lab;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/// Keeps the house as `ARCHITECTURE.md` describes it.
@AnalyzeClasses(packages = "dev.fairlead", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {

    @ArchTest
    static final ArchRule LINK =
            noClasses()
                    .that()
                    .resideInAPackage("dev.fairlead.link..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage(
                            "dev.fairlead.hub..",
                            "dev.fairlead.agent..",
                            "dev.fairlead.cli..",
                            "io.vertx..",
                            "org.jdbi..")
                    .because("the link knows Netty and nothing of the product");

    @ArchTest
    static final ArchRule PROGRAMS =
            noClasses()
                    .that()
                    .resideInAPackage("dev.fairlead.hub..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage("dev.fairlead.agent..", "dev.fairlead.cli..")
                    .because(
                            "hub, agent and command line share the link and the API's contract only");

    @ArchTest
    static final ArchRule AGENT =
            noClasses()
                    .that()
                    .resideInAPackage("dev.fairlead.agent..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage("dev.fairlead.hub..", "dev.fairlead.cli..", "io.vertx..")
                    .because(
                            "hub, agent and command line share the link and the API's contract only");

    @ArchTest
    static final ArchRule COMMAND_LINE =
            noClasses()
                    .that()
                    .resideInAPackage("dev.fairlead.cli..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage("dev.fairlead.hub..", "dev.fairlead.agent..", "io.vertx..")
                    .because("of the hub the command line knows only the API's contract");

    @ArchTest
    static final ArchRule PLUMBING =
            noClasses()
                    .that()
                    .resideInAPackage("dev.fairlead.hub.http..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAPackage("dev.fairlead.hub.tunnel..")
                    .because("http is plumbing: capabilities plug into it, not it into them");

    @ArchTest
    static final ArchRule NO_MUTABLE_STATICS =
            fields().that()
                    .areStatic()
                    .and()
                    .areNotFinal()
                    .and()
                    .areDeclaredInClassesThat()
                    .haveSimpleNameNotEndingWith("Test")
                    .should()
                    .haveName("$VALUES")
                    .allowEmptyShould(true)
                    .because("several hubs and many agents run in one JVM");
}
