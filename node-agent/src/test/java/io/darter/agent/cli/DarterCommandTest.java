package io.darter.agent.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.darter.agent.EventLoopsNeverWait;
import io.darter.agent.store.Sha256;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import picocli.CommandLine;

/** The darter command against an agent without a cluster and a real HTTP origin. */
@Timeout(90)
@ExtendWith(EventLoopsNeverWait.class)
class DarterCommandTest extends CommandAndAgent {
    @Test
    void aFileArrivesWholeAndItsPartIsGone() throws Exception {
        assertEquals(0, darter("get", url("/file"), "-o", file("out"), "--json"), err::toString);
        assertArrayEquals(BYTES, Files.readAllBytes(folder.resolve("out")));
        assertFalse(Files.exists(folder.resolve("out.part")));
        assertTrue(out.toString().contains("\"bytes\":3000000"), out.toString());
    }

    @Test
    void theRightDigestIsAccepted() throws Exception {
        assertEquals(0, darter("get", url("/file"), "-o", file("out"), "--digest", DIGEST), err::toString);
        assertArrayEquals(BYTES, Files.readAllBytes(folder.resolve("out")));
    }

    @Test
    void aWrongDigestEndsWith6AndLeavesNoFile() {
        String wrong = "sha256:" + "0".repeat(64);
        assertEquals(6, darter("get", url("/file"), "-o", file("out"), "--digest", wrong), err::toString);
        assertTrue(err.toString().contains("DIGEST_MISMATCH"), err.toString());
        assertFalse(Files.exists(folder.resolve("out")));
        assertFalse(Files.exists(folder.resolve("out.part")));
    }

    @Test
    void anOlderFileStaysWhenTheNewOneCannotBeHad() throws Exception {
        Files.writeString(folder.resolve("out"), "old");
        assertEquals(3, darter("get", url("/nothing"), "-o", file("out")));
        assertEquals("old", Files.readString(folder.resolve("out")));
    }

    @Test
    void eachFailureHasItsExitCode() {
        assertEquals(3, darter("get", url("/nothing"), "-o", file("out")), err::toString);
        assertEquals(4, darter("get", url("/denied"), "-o", file("out")), err::toString);
        assertEquals(5, darter("get", "http://127.0.0.1:1/file", "-o", file("out")), err::toString);
        assertEquals(2, darter("get", "ftp://127.0.0.1/file", "-o", file("out")), err::toString);
        assertEquals(2, darter("get", url("/file"), "-o", file("out"), "--digest", "md5:1"), err::toString);
        assertEquals(2, darter("get", url("/file"), "-o", folder.toString()), err::toString);
        assertEquals(2, darter("get", url("/file")), err::toString);
        assertEquals(2, darter("nonsense"), err::toString);
        assertEquals(1, darter("get", url("/file"), "-o", file("no/such/folder/out")), err::toString);
    }

    @Test
    void anAnswerWithoutALengthArrivesTooHoweverLongItIs() throws Exception {
        byte[] twice = Arrays.copyOf(BYTES, 2 * BYTES.length);
        System.arraycopy(BYTES, 0, twice, BYTES.length, BYTES.length);
        String digest = "sha256:" + HexFormat.of().formatHex(Sha256.of(twice));
        assertEquals(0, darter("get", url("/chunked"), "-o", file("out"), "--digest", digest), err::toString);
        assertArrayEquals(twice, Files.readAllBytes(folder.resolve("out")));
    }

    @Test
    void aServerThatHidesTheLengthIsAskedForARange() throws Exception {
        assertEquals(0, darter("get", url("/shy"), "-o", file("out"), "--json", "--range", "0-99999"), err::toString);
        assertArrayEquals(Arrays.copyOf(BYTES, 100_000), Files.readAllBytes(folder.resolve("out")));
        assertTrue(out.toString().contains("\"key\":\"sha256-"), out.toString());
    }

    @Test
    void ofAnAnswerWithoutALengthTheWrongOneAndThePartOfOneAreNoFile() throws Exception {
        assertEquals(6, darter("get", url("/chunked"), "-o", file("out"), "--digest", DIGEST), err::toString);
        assertEquals(5, darter("get", url("/broken"), "-o", file("out")), err::toString);
        try (Stream<Path> files = Files.list(folder)) {
            assertEquals(
                    List.of(),
                    files.map(Path::toString)
                            .filter(name -> name.contains("out"))
                            .toList());
        }
    }

    @Test
    void aMissingAgentIsSaidWithAdvice() {
        CommandLine command = command(folder.resolve("nobody.sock"));
        assertEquals(5, command.execute("get", url("/file"), "-o", file("out"), "--json"));
        assertTrue(err.toString().contains("Start darter-agent"), err.toString());
        assertTrue(out.toString().contains("\"code\":\"AGENT_UNREACHABLE\""), out.toString());
    }

    @Test
    void statusIsForPeopleAndForScripts() {
        assertEquals(0, darter("status"));
        assertTrue(out.toString().contains("node-one (n1)"), out.toString());
        out.getBuffer().setLength(0);
        assertEquals(0, darter("status", "--json"));
        assertTrue(out.toString().contains("\"nodeName\":\"node-one\""), out.toString());
    }

    @Test
    void anInterruptedGetIsGoneOnWith() throws Exception {
        List<String> line = List.of(
                "env",
                "--default-signal=INT", // a build in the background ignores it
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                "io.darter.agent.cli.Darter",
                "get",
                url("/slow"),
                "-o",
                file("out"),
                "--socket",
                file("agent.sock"));
        Process get = new ProcessBuilder(line)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("get.log").toFile())
                .start();
        Path part = folder.resolve("out.part");
        long deadline = System.nanoTime() + 30_000_000_000L;
        while (!Files.exists(part) || Files.size(part) < 1_500_000) {
            assertTrue(System.nanoTime() < deadline, () -> "nothing came: " + log());
            Thread.sleep(20);
        }
        assertEquals(
                0,
                new ProcessBuilder("kill", "-INT", Long.toString(get.pid()))
                        .start()
                        .waitFor());
        assertEquals(130, get.waitFor());
        long kept = Files.size(part);
        assertTrue(kept >= 1_500_000, "kept " + kept);
        slowGate.countDown();
        assertEquals(0, darter("get", url("/slow"), "-o", file("out"), "--json"), err::toString);
        assertArrayEquals(BYTES, Files.readAllBytes(folder.resolve("out")));
        assertTrue(out.toString().contains("\"resumedBytes\":" + kept), out.toString());
        assertNoPart();
    }

    private String log() {
        try {
            return Files.readString(folder.resolve("get.log"));
        } catch (java.io.IOException e) {
            return e.toString();
        }
    }

    @Test
    void thePartOfAnotherContentIsNotGoneOnWith() throws Exception {
        Files.write(folder.resolve("out.part"), new byte[2_000_000]);
        Files.writeString(folder.resolve("out.part.content"), "sha256-" + "0".repeat(64) + " " + boot());
        assertEquals(0, darter("get", url("/file"), "-o", file("out"), "--json"), err::toString);
        assertArrayEquals(BYTES, Files.readAllBytes(folder.resolve("out")));
        assertTrue(out.toString().contains("\"resumedBytes\":0"), out.toString());
        assertNoPart();
    }

    @Test
    void whatNothingProvesToBeTheSameIsNotGoneOnWith() throws Exception {
        assertEquals(0, darter("get", url("/unproved"), "-o", file("out"), "--json"), err::toString);
        String key = "sha256-" + "0".repeat(64);
        Files.write(folder.resolve("out.part"), new byte[2_000_000]);
        Files.writeString(folder.resolve("out.part.content"), key + " " + boot());
        out.getBuffer().setLength(0);
        assertEquals(0, darter("get", url("/unproved"), "-o", file("out"), "--json"), err::toString);
        assertTrue(out.toString().contains("\"resumedBytes\":0"), out.toString());
        assertArrayEquals(BYTES, Files.readAllBytes(folder.resolve("out")));
        assertNoPart();
    }

    @Test
    void wrongBytesInAPartAreFoundByTheDigest() throws Exception {
        Files.write(folder.resolve("out.part"), new byte[2_000_000]);
        Files.writeString(folder.resolve("out.part.content"), DIGEST.replace(':', '-') + " " + boot());
        assertEquals(6, darter("get", url("/file"), "-o", file("out"), "--digest", DIGEST), err::toString);
        assertFalse(Files.exists(folder.resolve("out")));
        assertNoPart();
        assertEquals(0, darter("get", url("/file"), "-o", file("out"), "--digest", DIGEST), err::toString);
    }

    @Test
    void aPartFromBeforeTheMachinesStartIsNotTrusted() throws Exception {
        Files.write(folder.resolve("out.part"), new byte[2_000_000]);
        Files.writeString(folder.resolve("out.part.content"), DIGEST.replace(':', '-') + " another-boot");
        assertEquals(0, darter("get", url("/file"), "-o", file("out"), "--digest", DIGEST), err::toString);
        assertArrayEquals(BYTES, Files.readAllBytes(folder.resolve("out")));
    }

    private static String boot() throws java.io.IOException {
        return Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip();
    }

    private void assertNoPart() {
        assertFalse(Files.exists(folder.resolve("out.part")));
        assertFalse(Files.exists(folder.resolve("out.part.content")));
    }

    @Test
    void aGetThatTakesTooLongEndsWith8AndKeepsWhatCame() throws Exception {
        assertEquals(8, darter("get", url("/slow"), "-o", file("out"), "--timeout", "1500ms"), err::toString);
        assertTrue(err.toString().contains("TIMEOUT"), err.toString());
        assertTrue(Files.size(folder.resolve("out.part")) > 1_000_000);
        assertEquals(2, darter("get", url("/slow"), "-o", file("out"), "--timeout", "soon"), err::toString);
    }

    @Test
    void anExistingFileStaysIfThatIsWanted() throws Exception {
        Files.writeString(folder.resolve("out"), "old");
        assertEquals(2, darter("get", url("/file"), "-o", file("out"), "--no-clobber"), err::toString);
        assertEquals("old", Files.readString(folder.resolve("out")));
        assertEquals(0, darter("get", url("/file"), "-o", file("new"), "--no-clobber"), err::toString);
        assertArrayEquals(BYTES, Files.readAllBytes(folder.resolve("new")));
    }

    @Test
    void aRangeIsOnlyThoseBytes() throws Exception {
        assertEquals(0, darter("get", url("/file"), "-o", file("out"), "--range", "1000-1999"), err::toString);
        assertArrayEquals(java.util.Arrays.copyOfRange(BYTES, 1000, 2000), Files.readAllBytes(folder.resolve("out")));
        assertEquals(2, darter("get", url("/file"), "-o", file("out"), "--range", "5000000-"), err::toString);
        assertEquals(2, darter("get", url("/file"), "-o", file("out"), "--range", "x"), err::toString);
    }

    @Test
    void signaturesDoNotMakeAnotherContentAndTagsDo() {
        assertEquals(0, darter("get", url("/file?a=1&X-Amz-Signature=one"), "-o", file("out")), err::toString);
        assertEquals(0, darter("get", url("/file?a=1&X-Amz-Signature=two"), "-o", file("out")), err::toString);
        assertEquals(0, darter("get", url("/file?a=1"), "-o", file("out"), "--tag", "blue"), err::toString);
        assertEquals(0, darter("tasks", "--json"), err::toString);
        assertEquals(2, out.toString().split("\"key\":").length - 1, out.toString());
        assertFalse(out.toString().contains("Signature"), out.toString());
        assertEquals(0, darter("tasks", "explain", url("/file?X-Amz-Signature=three&a=1")), err::toString);
        assertEquals(3, darter("tasks", "explain", url("/file?X-Amz-Signature=three&a=2")), err::toString);
    }

    @Test
    void anUnknownOptionIsRefusedWithTheNearestKnownName() {
        assertEquals(2, darter("get", url("/file"), "-o", file("out"), "--dgiest", DIGEST, "--json"));
        assertTrue(err.toString().contains("The nearest known is --digest"), err.toString());
        assertTrue(out.toString().contains("\"code\":\"USAGE\""), out.toString());
        assertEquals(2, darter("stauts"));
        assertTrue(err.toString().contains("The nearest known is status"), err.toString());
        err.getBuffer().setLength(0);
        for (String far : List.of("nonsense", "ls", "install", "x")) {
            assertEquals(2, darter(far));
        }
        assertFalse(err.toString().contains("nearest"), err.toString());
    }

    @Test
    void aDoctorSaysWhatIsWrongAndWhatToDo() {
        assertEquals(7, darter("doctor"), err::toString);
        assertTrue(out.toString().contains("fail  mirror"), out.toString());
        assertTrue(out.toString().contains("warn  cluster"), out.toString());
        assertTrue(out.toString().contains("ok    health"), out.toString());
        out.getBuffer().setLength(0);
        assertEquals(7, darter("doctor", "--json"));
        assertTrue(out.toString().startsWith("[{\"check\":\"agent\",\"result\":\"ok\""), out.toString());
    }

    @Test
    void completionAndManPageKnowEveryCommandAndOption() {
        for (String shell : List.of("bash", "zsh", "fish")) {
            out.getBuffer().setLength(0);
            assertEquals(0, darter("completion", shell), err::toString);
            for (String word : List.of("get", "status", "tasks", "explain", "doctor", "digest", "timeout")) {
                assertTrue(out.toString().contains(word), shell + " does not know " + word);
            }
        }
        java.io.ByteArrayOutputStream page = new java.io.ByteArrayOutputStream();
        ManPage.print(
                Darter.command(Map.of()), new java.io.PrintStream(page, true, java.nio.charset.StandardCharsets.UTF_8));
        String text = page.toString(java.nio.charset.StandardCharsets.UTF_8);
        for (String word :
                List.of(".TH DARTER 1", "\\-\\-no\\-clobber", "darter tasks explain", "EXIT STATUS", "130")) {
            assertTrue(text.contains(word), () -> word + " is not in " + text);
        }
        assertFalse(text.contains("${"), text);
    }

    @Test
    void tasksAreListedAndExplained() {
        assertEquals(0, darter("get", url("/file"), "-o", file("out")), err::toString);
        assertEquals(0, darter("tasks"), err::toString);
        assertTrue(out.toString().contains(url("/file")), out.toString());
        assertTrue(out.toString().contains("2.9 MiB"), out.toString());
        out.getBuffer().setLength(0);
        assertEquals(0, darter("tasks", "explain", url("/file")), err::toString);
        assertTrue(out.toString().contains("this node has not joined a cluster"), out.toString());
        assertTrue(out.toString().contains("status 200"), out.toString());
        assertTrue(out.toString().lines().count() <= 50, out.toString());
        out.getBuffer().setLength(0);
        assertEquals(0, darter("tasks", "explain", url("/fi"), "--json"), err::toString);
        assertTrue(out.toString().contains("\"originBytes\":3000000"), out.toString());
        assertEquals(3, darter("tasks", "explain", "nothing"), err::toString);
        assertTrue(err.toString().contains("darter tasks lists them"), err.toString());
    }
}
