import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassFile.ClassHierarchyResolverOption;
import java.lang.classfile.ClassFile.ConstantPoolSharingOption;
import java.lang.classfile.ClassFile.DeadCodeOption;
import java.lang.classfile.ClassFile.DebugElementsOption;
import java.lang.classfile.ClassFile.LineNumbersOption;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeTransform;
import java.lang.classfile.FieldTransform;
import java.lang.classfile.MethodTransform;
import java.lang.classfile.attribute.MethodParametersAttribute;
import java.lang.classfile.attribute.ModuleHashesAttribute;
import java.lang.classfile.attribute.RuntimeInvisibleAnnotationsAttribute;
import java.lang.classfile.attribute.RuntimeInvisibleParameterAnnotationsAttribute;
import java.lang.classfile.attribute.RuntimeInvisibleTypeAnnotationsAttribute;
import java.lang.classfile.attribute.RuntimeVisibleTypeAnnotationsAttribute;
import java.lang.classfile.attribute.SignatureAttribute;
import java.lang.classfile.attribute.SourceDebugExtensionAttribute;
import java.lang.classfile.attribute.SourceFileAttribute;
import java.lang.constant.ClassDesc;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Takes out of compiled classes what no program asks them for, because an agent keeps all of a class in memory as long as it
 * runs: names of local variables and parameters, annotations of the compiler's, type parameters of methods and fields, and the
 * constants that only those needed. The code stays as it is, and so do the lines in stack traces of our own classes, and
 * their type parameters, by which JSON is read into records and options of commands are; those of the libraries go, as
 * jlink leaves out the runtime's.
 *
 * <p>{@code SlimClasses jars FOLDER} does it to the jars of a folder, {@code SlimClasses modules FOLDER} to modules that were
 * taken out of a runtime, so that jlink can make another of them.
 */
final class SlimClasses {
    private static final String CLASS = ".class";
    private static final String OWN = "io/darter/";

    private final boolean runtime;
    /** Of what is in a stack trace somebody has to read: our own. */
    private final ClassFile withLines;

    private final ClassFile withoutLines;
    private final ClassTransform slimmingOwn;
    private final ClassTransform slimmingOthers;
    private long bytesBefore;
    private long bytesAfter;

    private SlimClasses(boolean runtime, ClassHierarchyResolver classes) {
        this.runtime = runtime;
        this.withLines = format(LineNumbersOption.PASS_LINE_NUMBERS, classes);
        this.withoutLines = format(LineNumbersOption.DROP_LINE_NUMBERS, classes);
        this.slimmingOwn = slimming(SlimClasses::unaskedOfOwnMember);
        this.slimmingOthers = slimming(SlimClasses::unaskedOfMember);
    }

    private ClassTransform slimming(Predicate<Object> unaskedOfMember) {
        CodeTransform code = (builder, element) -> {
            if (!unasked(element)) {
                builder.with(element);
            }
        };
        // Classes keep their own type parameters: Netty finds out by them which messages a handler is for.
        return ClassTransform.dropping(this::unaskedOfClass)
                .andThen(ClassTransform.transformingMethods(MethodTransform.dropping(unaskedOfMember::test)
                        .andThen(MethodTransform.transformingCode(code))))
                .andThen(ClassTransform.transformingFields(FieldTransform.dropping(unaskedOfMember::test)));
    }

    private static ClassFile format(LineNumbersOption lines, ClassHierarchyResolver classes) {
        return ClassFile.of(
                DebugElementsOption.DROP_DEBUG,
                lines,
                ConstantPoolSharingOption.NEW_POOL,
                DeadCodeOption.KEEP_DEAD_CODE,
                ClassHierarchyResolverOption.of(classes));
    }

    public static void main(String[] words) throws IOException {
        if (words.length != 2 || !List.of("jars", "modules").contains(words[0])) {
            System.err.println("Usage: SlimClasses jars|modules FOLDER");
            System.exit(2);
        }
        Path folder = Path.of(words[1]);
        if (words[0].equals("jars")) {
            jars(folder);
        } else {
            modules(folder);
        }
    }

    private static void jars(Path folder) throws IOException {
        List<Path> jars;
        try (Stream<Path> files = Files.list(folder)) {
            jars = files.filter(file -> file.toString().endsWith(".jar")).sorted().toList();
        }
        Map<String, byte[]> classes = new HashMap<>();
        for (Path jar : jars) {
            try (JarFile in = new JarFile(jar.toFile())) {
                for (ZipEntry entry : Collections.list(in.entries())) {
                    if (entry.getName().endsWith(CLASS)) {
                        classes.putIfAbsent(entry.getName(), bytes(in, entry));
                    }
                }
            }
        }
        // Types that meet in a method are compared as the libraries declare them; those of optional libraries are not here.
        ClassHierarchyResolver hierarchy = ClassHierarchyResolver.ofResourceParsing((ClassDesc type) -> source(classes, type))
                .orElse(ClassHierarchyResolver.defaultResolver())
                .cached();
        SlimClasses slim = new SlimClasses(false, hierarchy);
        for (Path jar : jars) {
            slim.jar(jar);
        }
        slim.report(jars.size() + " jars");
    }

    private static InputStream source(Map<String, byte[]> classes, ClassDesc type) {
        String descriptor = type.descriptorString();
        byte[] found = classes.get(descriptor.substring(1, descriptor.length() - 1) + CLASS);
        return found == null ? null : new ByteArrayInputStream(found);
    }

    private void jar(Path jar) throws IOException {
        Path slim = Path.of(jar + ".slim");
        try (JarFile in = new JarFile(jar.toFile());
                ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(slim))) {
            for (ZipEntry entry : Collections.list(in.entries())) {
                if (unasked(entry)) {
                    continue;
                }
                byte[] bytes = bytes(in, entry);
                ZipEntry copy = new ZipEntry(entry.getName());
                copy.setTime(entry.getTime());
                out.putNextEntry(copy);
                boolean own = entry.getName().startsWith(OWN);
                out.write(entry.getName().endsWith(CLASS) ? slim(bytes, own) : bytes);
                out.closeEntry();
            }
        }
        Files.move(slim, jar, StandardCopyOption.REPLACE_EXISTING);
    }

    /** A jar's table of contents is in memory once one class was looked for in it. */
    private static boolean unasked(ZipEntry entry) {
        String name = entry.getName();
        return entry.isDirectory() || name.startsWith("META-INF/maven/") || name.startsWith("META-INF/native-image/");
    }

    private static byte[] bytes(JarFile jar, ZipEntry entry) throws IOException {
        try (InputStream in = jar.getInputStream(entry)) {
            return in.readAllBytes();
        }
    }

    private static void modules(Path folder) throws IOException {
        List<Path> files;
        try (Stream<Path> all = Files.walk(folder)) {
            files = all.filter(file -> file.toString().endsWith(CLASS)).toList();
        }
        SlimClasses slim = new SlimClasses(true, ClassHierarchyResolver.defaultResolver());
        for (Path file : files) {
            if (file.getFileName().toString().startsWith("SystemModules$")) {
                Files.delete(file); // what jlink made of the modules of the runtime they are from; it makes its own
            } else {
                Files.write(file, slim.slim(Files.readAllBytes(file), false));
            }
        }
        slim.report(files.size() + " classes of the runtime");
    }

    private byte[] slim(byte[] bytes, boolean own) {
        ClassFile format = own ? withLines : withoutLines;
        byte[] slim = format.transformClass(format.parse(bytes), own ? slimmingOwn : slimmingOthers);
        bytesBefore += bytes.length;
        bytesAfter += slim.length;
        return slim;
    }

    private void report(String what) {
        System.err.printf("%s: %d KiB of classes, %d before%n", what, bytesAfter >> 10, bytesBefore >> 10);
    }

    private boolean unaskedOfClass(Object element) {
        return unasked(element)
                || element instanceof SourceDebugExtensionAttribute
                || runtime && (element instanceof SourceFileAttribute || element instanceof ModuleHashesAttribute);
    }

    private static boolean unaskedOfMember(Object element) {
        return unaskedOfOwnMember(element) || element instanceof SignatureAttribute;
    }

    private static boolean unaskedOfOwnMember(Object element) {
        return unasked(element) || element instanceof MethodParametersAttribute;
    }

    private static boolean unasked(Object element) {
        return element instanceof RuntimeInvisibleAnnotationsAttribute
                || element instanceof RuntimeInvisibleParameterAnnotationsAttribute
                || element instanceof RuntimeInvisibleTypeAnnotationsAttribute
                || element instanceof RuntimeVisibleTypeAnnotationsAttribute;
    }
}
